import type { OnApplicationShutdown } from '@nestjs/common';
import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { Mailer } from '../../mail.service.js';
import { asciiAddress, parseAddress } from '../../message/address/address.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import type { Transport } from '../../transport/transport.js';
import type { ResolvedRelease } from './release.options.js';

export interface MailReleaseOptions extends ResolvedRelease {
  readonly mailers: () => readonly Mailer[];
  /** Whether this mailer keeps its mails instead of sending them. */
  readonly captures: (mailer: string) => boolean;
}

const TIMEOUT_MS = 30_000;

/**
 * Really sends mails of the inbox to addresses that `release.allow` allows. Only that list decides: the recipient
 * guard and its `redirectTo` protect against what the application sends by itself, while here a person chooses the
 * recipients. So a release may go to an address that the guard blocks.
 */
export class MailRelease implements OnApplicationShutdown {
  readonly #options: MailReleaseOptions;

  constructor(options: MailReleaseOptions) {
    this.#options = options;
  }

  /**
   * Makes one attempt to send the mail, unchanged except for its envelope recipients.
   * @param to an address or several, as given by a request; defaults to the recipients of the mail
   * @param mailer name of the mailer whose transport sends it; defaults to the mail's own
   * @throws {MailError} `suppressed` if an address is not allowed or no transport really sends; `message-invalid`;
   *   or the error of the transport
   */
  async release(message: RenderedMessage, to: unknown, mailer: unknown): Promise<Receipt> {
    const recipients = this.#allowed(to === undefined ? message.envelope.to : readRecipients(to));
    const transport = this.#transport(mailer ?? message.mailer);
    const envelope = { ...message.envelope, to: recipients };
    return transport.send({ ...message, envelope }, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#options.transport?.close();
  }

  #allowed(addresses: readonly string[]): readonly string[] {
    const refused = addresses.find(
      (address) => !this.#options.allow.some((pattern) => pattern.test(address)),
    );
    if (refused === undefined) return addresses;
    throw new MailError(
      'suppressed',
      `${refused} is not an address that the inbox may release mails to. Add it to the option release.allow of MailInboxModule.forRoot().`,
    );
  }

  /** `name` may be unknown: mails of other programs have no mailer. */
  #transport(name: unknown): Transport {
    const mailers = this.#options.mailers();
    const mailer = mailers.find((candidate) => candidate.name === name);
    if (mailer && !this.#options.captures(mailer.name)) return mailer.transport;
    if (this.#options.transport) return this.#options.transport;
    throw new MailError(
      'suppressed',
      `Mails of the mailer ${show(name)} are kept here, not sent. To send them all the same, give MailInboxModule.forRoot() a mail server: release: { allow, transport: 'smtp://…' }.`,
    );
  }
}

function readRecipients(to: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(to) ? to : [to];
  if (list.length === 0) throw new MailError('message-invalid', 'to: expected a recipient, got none.');
  return [...new Set(list.map((address) => asciiAddress(parseAddress(address, 'to'))))];
}
