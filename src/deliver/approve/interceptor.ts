import { MailError, messageOf } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { MessageLimits } from '../../message/values/limits.js';
import { checkRendered } from '../../message/rendered.js';

/**
 * Sees every rendered message once, before the transport, and before the queue for queued mail. Returns the message to send,
 * the same or another; throws `new MailError('suppressed', reason)` to veto it.
 */
export interface MailInterceptor {
  intercept(message: RenderedMessage): RenderedMessage | Promise<RenderedMessage>;
}

/**
 * Runs the interceptors in their order, and checks each result.
 * @throws {MailError}
 */
export async function intercept(
  message: RenderedMessage,
  interceptors: ReadonlyArray<() => MailInterceptor>,
  limits: MessageLimits,
): Promise<RenderedMessage> {
  let current = message;
  for (const instance of interceptors) {
    const interceptor = instance();
    current = checkRendered(await run(interceptor, current), limits);
  }
  return current;
}

async function run(interceptor: MailInterceptor, message: RenderedMessage): Promise<RenderedMessage> {
  try {
    return await interceptor.intercept(message);
  } catch (error) {
    if (MailError.is(error)) throw error;
    throw new MailError(
      'message-invalid',
      `The interceptor ${interceptor.constructor.name} failed: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
