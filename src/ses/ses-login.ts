import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { MailError, messageOf } from '../errors/mail-error.js';
import type { Secrets } from '../transport/smtp/secrets.js';
import { shown } from '../transport/remote-text.js';

/** The identity of a client: looked up before a mail is handed over, and hidden in errors from then on. */
export class SesLogin {
  readonly #client: SESv2Client;
  readonly #secrets: Secrets;
  /** The last credentials of the client, which caches them until they expire. */
  #known: object | undefined;

  constructor(client: SESv2Client, secrets: Secrets) {
    this.#client = client;
    this.#secrets = secrets;
  }

  /**
   * Parts of the chain ask services of their own, whose answers say nothing about a mail.
   * @throws {MailError} `config` for a client that retries by itself, `authentication` without credentials
   */
  async ready(): Promise<void> {
    if ((await this.#client.config.maxAttempts()) !== 1) throw repeating();
    const found = await this.#found();
    if (found === this.#known) return;
    for (const secret of [found.accessKeyId, found.secretAccessKey, found.sessionToken ?? '']) {
      this.#secrets.learn(secret);
    }
    this.#known = found;
  }

  async #found() {
    try {
      return await this.#client.config.credentials();
    } catch (error) {
      const text = shown(messageOf(error), (said) => this.#secrets.conceal(said));
      throw new MailError('authentication', `Amazon SES: no credentials were found: ${text}`);
    }
  }
}

function repeating(): MailError {
  return new MailError(
    'config',
    'Amazon SES: the client given to ses({ client }) tries more than once by itself, so a mail could go out twice. Make it with maxAttempts: 1.',
  );
}
