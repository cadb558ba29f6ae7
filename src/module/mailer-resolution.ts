import { Deadline } from '../deliver/call/deadline.js';
import type { MailerLender } from '../deliver/worker/resolved-attempts.js';
import type { MailLog } from '../log/mail-log.js';
import { abortError, untilAborted } from '../errors/abort.js';
import { MailError, messageOf } from '../errors/mail-error.js';
import { show } from '../errors/show.js';
import type { Mailer, MailerSource, MailerSources } from '../mail.service.js';
import type { MailerReading } from '../options/mailers.js';
import type { MailerOptions, MailerResolver } from '../options/options.js';
import { closedModule } from '../deliver/call/in-flight.js';
import { OpenMailer, OpenMailers } from './open-mailers.js';

/** A mailer that was made of resolved options, and how to close what was made for it alone. */
export interface MadeMailer {
  readonly mailer: Mailer;
  readonly close: () => Promise<void>;
}

export interface MailerResolutionOptions {
  readonly resolver: () => MailerResolver;
  readonly keyOf: MailerReading['keyOf'];
  /** @throws {MailError} `config` for options that are not usable */
  readonly make: (name: string, options: MailerOptions) => Promise<MadeMailer>;
  /** Milliseconds that the resolver may take. */
  readonly timeout: number;
  readonly log: MailLog;
  /** True if the queue cannot deliver mails of such mailers. */
  readonly isUnqueued: boolean;
}

const MAX_NAME = 200;

/** The mailers that the application's resolver finds, each with a transport of its own while it is in use. */
export class MailerResolution implements MailerSources, MailerLender {
  readonly #options: MailerResolutionOptions;
  readonly #open = new OpenMailers();
  /** Questions under way, by name: mails that come meanwhile share the answer. */
  readonly #asking = new Map<string, Promise<OpenMailer>>();
  /** Of questions that the resolver has not answered. */
  readonly #deadlines = new Set<Deadline>();
  #isClosed = false;

  constructor(options: MailerResolutionOptions) {
    this.#options = options;
  }

  get timeout(): number {
    return this.#options.timeout;
  }

  /** Number of mailers that hold a transport now. */
  get openCount(): number {
    return this.#open.size;
  }

  source(name: string): MailerSource {
    checkName(name);
    return {
      name,
      timeout: this.#options.timeout,
      use: (call, signal) => this.use(name, call, signal),
      isUnqueued: this.#options.isUnqueued,
    };
  }

  /**
   * Asks for a mailer and calls back with it; its transport stays open until the call ends.
   * @throws {MailError} `config` if there is no such mailer or its options are not usable; `transport-unavailable` if the
   * resolver failed; `timeout`; the errors of the call
   */
  async use<T>(name: string, call: (mailer: Mailer) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { mailer, release } = await this.lend(name, signal);
    try {
      return await call(mailer);
    } finally {
      release();
    }
  }

  /** Asks for a mailer, whose transport stays open until it is released. */
  async lend(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ readonly mailer: Mailer; readonly release: () => void }> {
    for (;;) {
      const opened = await this.#opened(name, signal);
      // The mails of others may have made it close meanwhile.
      if (opened.isRetired) continue;
      return { mailer: opened.mailer, release: opened.lend() };
    }
  }

  /** Resolves when every transport that was made here is closed. Calls must have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const deadline of this.#deadlines) deadline.abort(closedModule());
    await Promise.allSettled(this.#asking.values());
    await this.#open.close();
  }

  async #opened(name: string, signal: AbortSignal | undefined): Promise<OpenMailer> {
    if (this.#isClosed) throw closedModule();
    const asking = this.#asking.get(name) ?? this.#begin(name);
    if (!signal) return asking;
    return untilAborted(asking, signal, () => unanswered(name, abortError(signal)));
  }

  #begin(name: string): Promise<OpenMailer> {
    const asking = this.#ask(name).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  async #ask(name: string): Promise<OpenMailer> {
    const options = await this.#resolve(name);
    if (!options) {
      this.#open.retire(name);
      throw unresolved(name);
    }
    const key = this.#options.keyOf(options);
    const current = this.#open.get(name);
    const opened = current?.key === key ? current : await this.#make(name, options, key);
    if (this.#isClosed) {
      opened.retire();
      await opened.closing;
      throw closedModule();
    }
    this.#open.put(name, opened);
    return opened;
  }

  async #make(name: string, options: MailerOptions, key: string): Promise<OpenMailer> {
    const { make, log } = this.#options;
    const { mailer, close } = await make(name, options);
    return new OpenMailer(mailer, key, () =>
      close().catch((error: unknown) => log.fault('A mail transport did not close', error)),
    );
  }

  async #resolve(name: string): Promise<MailerOptions | undefined> {
    const { resolver, timeout } = this.#options;
    const deadline = new Deadline(timeout);
    const { signal } = deadline;
    this.#deadlines.add(deadline);
    try {
      const asked = Promise.resolve().then(() => resolver().resolve(name));
      return checkOptions(name, await untilAborted(asked, signal));
    } catch (error) {
      if (signal.aborted) throw unanswered(name, abortError(signal));
      throw MailError.is(error) ? error : failed(name, error);
    } finally {
      deadline.clear();
      this.#deadlines.delete(deadline);
    }
  }
}

/** A database answers null for a row that it does not have. */
function checkOptions(name: string, found: unknown): MailerOptions | undefined {
  if (found === undefined || found === null) return undefined;
  if (isOptions(found)) return found;
  throw new MailError(
    'config',
    `resolver: expected an object of options for the mailer '${name}', or undefined, got ${show(found)}.`,
  );
}

function isOptions(value: unknown): value is MailerOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names go into logs and stores. */
function checkName(name: unknown): void {
  const isName =
    typeof name === 'string' && name !== '' && name.length <= MAX_NAME && !/[\p{Cc}\p{Cs}]/u.test(name);
  if (isName) return;
  throw new MailError(
    'config',
    `mailer(name): expected a name of at most ${MAX_NAME} characters without control characters, got ${show(name)}.`,
  );
}

function unresolved(name: string): MailError {
  return new MailError(
    'config',
    `There is no mailer '${name}': it is not under 'mailers' of the MailModule options, and the resolver found none of that name.`,
  );
}

function failed(name: string, error: unknown): MailError {
  return new MailError(
    'transport-unavailable',
    `The resolver failed for the mailer '${name}': ${messageOf(error)}`,
    { cause: error },
  );
}

/** A timeout is then the resolver's fault, and not that of the mail. */
function unanswered(name: string, error: MailError): MailError {
  if (error.code !== 'timeout') return error;
  const message = `The resolver did not answer for the mailer '${name}' in time; the mail was not sent.`;
  return new MailError('timeout', message, { cause: error });
}
