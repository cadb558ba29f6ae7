import type { MessageSummary, MessageView } from '../api/messages.js';

/** A mail of the inbox without its bodies and files: what is listed, searched and changes over time. */
export interface CapturedMail
  extends MessageSummary, Pick<MessageView, 'messageId' | 'context' | 'timeline'> {
  /** Its place among the mails of the inbox: a millisecond may bring several. */
  readonly order: number;
  /** The text that free words are looked for in, in small letters. */
  readonly words: string;
}
