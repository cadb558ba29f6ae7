import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MailError } from '../../errors/mail-error.js';
import { pathFault } from '../../errors/path-fault.js';
import { show } from '../../errors/show.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { composeMime } from '../../mime/compose-mime.js';
import { throwIfAborted } from '../../errors/abort.js';
import { closedError } from '../closed.js';
import type { Clock } from '../resources.js';
import type { AttemptOptions, Transport } from '../transport.js';

export interface FileTransportOptions {
  /** Folder for the mails, relative to the working directory; created (0700) if it does not exist. */
  readonly dir: string;
  readonly clock?: Clock | undefined;
}

/** The part of a mail that is written beside its bytes. */
function envelopeOf({
  messageId,
  envelope,
  mailer,
  template,
  locale,
  tags,
  metadata,
  date,
  subject,
}: RenderedMessage) {
  return { messageId, date, subject, envelope, mailer, template, locale, tags, metadata };
}

/**
 * Writes every mail as `<UTC>-<8 hex>.eml`, with the parts that no header shows (Bcc, bounce address, tags) in a
 * `.json` of the same name. Both are renamed into place, the `.json` first: once the `.eml` is there, both are whole.
 * Files are 0600.
 */
export class FileTransport implements Transport {
  readonly name = 'file';
  readonly captures = true;
  /** Absolute. */
  readonly dir: string;
  readonly #clock: Clock;
  #closed = false;

  get target(): string {
    return this.dir;
  }

  /** @throws {MailError} `config` if `dir` is not the path of a folder */
  constructor({ dir, clock = Date.now }: FileTransportOptions) {
    if (typeof dir !== 'string' || dir === '' || dir.includes('\0')) {
      throw new MailError('config', 'FileTransport: expected `dir` to be a folder');
    }
    const fault = pathFault(dir);
    if (fault !== undefined) {
      throw new MailError(
        'config',
        `FileTransport: expected \`dir\` to be a folder, got ${show(dir)}. ${fault}.`,
      );
    }
    this.dir = resolve(dir);
    this.#clock = clock;
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    const startedAt = this.#clock();
    const name = this.#nameOf(startedAt);
    const bytes = await composeMime(message);
    await this.#onDisk(() => this.#write(name, bytes, message, signal));
    return {
      messageId: message.messageId,
      transport: this.name,
      accepted: message.envelope.to,
      rejected: [],
      response: `${name}.eml`,
      durationMs: this.#clock() - startedAt,
    };
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    await this.#onDisk(async () => {
      await this.#makeDir();
      await access(this.dir, constants.W_OK);
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #nameOf(now: number): string {
    const time = new Date(now).toISOString().replace(/[-:.]/g, '');
    return `${time}-${randomBytes(4).toString('hex')}`;
  }

  async #write(name: string, bytes: Buffer, message: RenderedMessage, signal: AbortSignal): Promise<void> {
    const json = join(this.dir, `${name}.json`);
    const eml = join(this.dir, `${name}.eml`);
    await this.#makeDir();
    try {
      await writeFile(draftOf(json), `${JSON.stringify(envelopeOf(message), null, 2)}\n`, {
        mode: 0o600,
        flag: 'wx',
      });
      await writeFile(draftOf(eml), bytes, { mode: 0o600, flag: 'wx' });
      throwIfAborted(signal);
      await rename(draftOf(json), json);
      await rename(draftOf(eml), eml);
    } catch (error) {
      await Promise.allSettled([json, eml].map((path) => rm(draftOf(path), { force: true })));
      throw error;
    }
  }

  /** Creates the folder on every send: somebody may have removed it. */
  async #makeDir(): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
  }

  async #onDisk(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (MailError.is(error)) throw error;
      throw new MailError(
        'transport-unavailable',
        `Mails cannot be written to ${this.dir}: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  #throwIfClosed(): void {
    if (this.#closed) throw closedError(this.name);
  }
}

const draftOf = (path: string): string => `${path}.part`;
