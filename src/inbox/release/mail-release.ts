import type { OnApplicationShutdown } from '@nestjs/common';
import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/config-report.js';
import type { Mailer } from '../../mail.service.js';
import { asciiAddress, parseAddress } from '../../message/address/address.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import type { Transport } from '../../transport/transport.js';
import type { ResolvedRelease } from './release.options.js';

export interface MailReleaseOptions extends ResolvedRelease {
  readonly mailers: () => readonly Mailer[];
  /** Whether a mailer keeps its mails instead of sending them. */
  readonly captures: (mailer: string) => boolean;
}

/** Milliseconds of the one attempt. */
const TIMEOUT_MS = 30_000;

/**
 * Really sends mails of the inbox, to whom `release.allow` names. That list alone decides: the recipient guard
 * and its `redirectTo` are for what the application sends by itself, and here a person names whom to send to.
 * So somebody may be let in here whom the guard keeps out.
 */
export class MailRelease implements OnApplicationShutdown {
  readonly #options: MailReleaseOptions;

  constructor(options: MailReleaseOptions) {
    this.#options = options;
  }

  /**
   * One attempt, with the mail as it is but for its envelope recipients.
   * @param to what a request gives: an address, or several; whoever the mail went to without it
   * @param mailer whose transport takes it; the mail's own without it
   * @throws {MailError} `suppressed` when one is not allowed or nothing really sends, `message-invalid`,
   *   else why the next hop did not take it
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
      `${refused} is none of those that mails of the inbox may go to. Add it to the option release.allow of MailInboxModule.forRoot().`,
    );
  }

  /** A mail of another program has no mailer of its own. */
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
