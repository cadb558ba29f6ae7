import type { MessageSummary, MessageView } from '../api/messages.js';

/** The index record of a mail: its listed, searched and changing fields, without bodies and files. */
export interface CapturedMail
  extends MessageSummary, Pick<MessageView, 'messageId' | 'context' | 'timeline'> {
  /** Position among all mails; the time would not do, as several mails may arrive in one millisecond. */
  readonly order: number;
  /** Text that free words are searched in, in lower case. */
  readonly words: string;
}
