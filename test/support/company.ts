import type { Transport } from '../../src/transport/transport.js';

/** Providers that take several mails in one request. */
export const BATCHING = ['postmark', 'resend', 'mailjet'];

/** How many mails a request has. */
export function mailsIn({ body }: { readonly body: unknown }): number {
  const { Messages: list = body } = Object(body);
  return Array.isArray(list) ? list.length : 1;
}

/** The Message-ID of each mail that only keeps another company. */
export const COMPANION = '<companion@from.test>';

/** Sends each mail together with another, so that both are in one request where the provider takes such. */
export function inCompany(transport: Transport): Transport {
  return {
    name: transport.name,
    check: (message) => transport.check?.(message),
    send(message, options) {
      const sending = transport.send(message, { ...options, isFirst: true });
      const companion = { ...message, messageId: COMPANION };
      const { signal } = new AbortController();
      void transport.send(companion, { signal, isFirst: true }).catch(() => undefined);
      return sending;
    },
    verify: (options) => transport.verify(options),
    close: () => transport.close(),
  };
}
