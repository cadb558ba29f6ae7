import type { RenderedMessage } from '../message/message.js';
import { unsupported } from '../message/values/refusal.js';

/**
 * Refuses options of providers that a transport is none of: to drop them would send another mail than was meant.
 * @param reached the provider behind the transport, if there is one
 * @throws {MailError} `unsupported`
 */
export function refuseForeignOptions(
  { provider, mailer }: RenderedMessage,
  transport: string,
  reached?: string,
): void {
  const foreign = Object.keys(provider ?? {}).find((name) => name !== reached);
  if (foreign === undefined) return;
  throw unsupported(
    `provider.${foreign}`,
    `The mailer '${mailer}' sends by ${transport}. Leave it out, or send by a mailer that goes by ${foreign}.`,
  );
}
