import { compose, type ComposeContext, type ComposeDefaults } from '../../src/compose/compose.js';
import { MailError } from '../../src/errors/mail-error.js';
import type { Mail } from '../../src/message/mail.js';
import type { Message } from '../../src/message/message.js';

export const defaults: ComposeDefaults = {
  mailer: 'default',
  from: { address: 'app@example.test', name: 'The App' },
  maxRecipients: 50,
  maxMessageSize: 25_000_000,
  attachmentRoots: [],
  asciiFilenames: false,
};

export const context: ComposeContext = {
  now: () => new Date('2026-03-04T05:06:07Z'),
  randomId: () => 'f00d',
};

/** A mail as it may come from JavaScript, checked by nobody. */
export type Loose = { readonly [field in keyof Mail]?: unknown } & Readonly<Record<string, unknown>>;

/** Composes a mail to Ada that says hi, with other fields over it. */
export function composed(
  mail: Loose = {},
  over: Partial<ComposeDefaults> = {},
  within: Partial<ComposeContext> = {},
): Promise<Message> {
  const whole: object = { to: 'ada@example.test', text: 'Hi', ...mail };
  return compose(whole, { ...defaults, ...over }, { ...context, ...within });
}

/** The error a promise is rejected with. */
export async function refusal(promise: Promise<unknown>): Promise<MailError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MailError.is(error)) return error;
  throw new Error('expected a MailError', { cause: error });
}

/** The error a function throws. */
export function thrown(run: () => unknown): MailError {
  try {
    run();
  } catch (error) {
    if (MailError.is(error)) return error;
    throw error;
  }
  throw new Error('expected a MailError');
}
