import type { RenderedMessage } from '../message/message.js';
import { unsupported } from '../message/values/refusal.js';

/**
 * Refuses the options of other providers: dropping them would send another mail than the caller meant.
 * @param reached the provider behind the transport, if any
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
