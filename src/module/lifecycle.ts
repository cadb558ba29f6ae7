import { access } from 'node:fs/promises';
import {
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { unknownRate } from '../deliver/limits/mailer-rate-limiter.js';
import { MailError, messageOf } from '../errors/mail-error.js';
import { sentence } from '../log/log-text.js';
import type { ResolvedMailer } from '../options/options.js';
import type { NoQueue, ResolvedQueue } from '../options/queue.js';
import type { ResolvedMailOptions } from '../options/resolved.js';
import { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import { OwnRenderer } from '../render/own-renderer.js';
import { withoutFolder } from '../render/compile/template-folder.js';
import { type Mailer, type Mailroom, verifyMailer } from '../mail.service.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import type { MailQueue } from '../queue/mail-queue.js';
import type { Transport } from '../transport/transport.js';

export class MailLifecycle
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #logger = new Logger('Mail');
  readonly #room: Mailroom;
  readonly #options: ResolvedMailOptions;
  #stopping: Promise<void> | undefined;
  /** When mails under way are abandoned, in milliseconds of the process: both hooks share one deadline. */
  #endsAt: number | undefined;

  constructor(room: Mailroom, options: ResolvedMailOptions) {
    this.#room = room;
    this.#options = options;
  }

  /** @throws {MailError} when a transport with `verify: 'boot'`, or the application's own renderer, does not work */
  async onModuleInit(): Promise<void> {
    for (const warning of this.#options.warnings) this.#logger.warn(warning);
    // The class of such a renderer may not have been created earlier; Handlebars' is loaded by its provider.
    if (this.#room.renderer instanceof OwnRenderer) await this.#room.renderer.load();
    this.#warnOfTemplates();
    await Promise.all(this.#mailers('boot').map((mailer) => this.#verifyOrStop(mailer)));
    if (this.#options.templates.watch) this.#room.renderer.watch();
  }

  /** @throws {MailError} `config` when a transport can never work, or an explicitly configured queue does not open */
  async onApplicationBootstrap(): Promise<void> {
    const transports = new Set([...this.#room.mailers.values()].map((mailer) => mailer.transport));
    for (const warning of checkTransports(transports)) this.#logger.warn(warning);
    checkRates(this.#room.mailers.values());
    await this.#openQueue();
    const isWarning = this.#options.capture?.isWarning ?? false;
    this.#logger[isWarning ? 'warn' : 'log'](bootLine(this.#room, this.#options));
    for (const mailer of this.#mailers('warn')) void this.#verifyInBackground(mailer);
  }

  /** Warns only: an application may send mails without a template. */
  #warnOfTemplates(): void {
    const { renderer } = this.#room;
    if (!(renderer instanceof HandlebarsRenderer) || this.#options.templates.sources.length > 0) return;
    const warning = withoutFolder(renderer.folders());
    if (warning !== undefined) this.#logger.warn(warning);
  }

  /** Opens a default spool at boot only if mails may wait in it or come into it; otherwise the first mail opens it. */
  async #openQueue(): Promise<void> {
    const { queue } = this.#options;
    if (queue.driver === 'off') return;
    if (queue.isAsked || queue.outbox) return this.#room.queueing.open();
    if (queue.driver !== 'spool' || !(await exists(queue.path))) return;
    try {
      await this.#room.queueing.open();
    } catch (error) {
      this.#logger.warn(`Mails may wait in ${queue.path}, which does not open: ${messageOf(error)}`);
    }
  }

  /** Runs while the application still answers requests: mails under way finish, and listeners get their events. */
  async beforeApplicationShutdown(): Promise<void> {
    const { queueing, inFlight } = this.#room;
    this.#tellWaiting();
    await queueing.finish(() => this.#timeLeft());
    this.#stopping ??= queueing.stop();
    await inFlight.drain(this.#timeLeft());
  }

  /** Counts calls under way, and mails that were queued here and are due. */
  #tellWaiting(): void {
    const { queueing, inFlight, log } = this.#room;
    const count = Math.max(inFlight.size, queueing.owedCount);
    if (count > 0)
      log.shutdown(
        'log',
        `The shutdown waits for mails, at most ${this.#options.shutdownTimeout} ms.`,
        count,
      );
  }

  /** Their callers get `closed`; queued mails go back to the queue. */
  #tellGivenUp(): void {
    const { inFlight, log } = this.#room;
    if (inFlight.size === 0) return;
    const said = `The shutdown gives up mails under way: shutdownTimeout (${this.#options.shutdownTimeout} ms) is over.`;
    log.shutdown('warn', said, inFlight.size);
  }

  async #tellLeft(): Promise<void> {
    const { queueing, log } = this.#room;
    const { count, isLost } = await queueing.left();
    if (count === 0) return;
    const said = isLost
      ? 'The shutdown leaves mails in a queue in memory: they are lost.'
      : `The shutdown leaves mails of this process that are due in the queue (${queueing.queue.name}): who opens it next sends them.`;
    log.shutdown(isLost ? 'warn' : 'log', said, count);
  }

  /** Milliseconds left; the first call starts the clock. */
  #timeLeft(): number {
    const now = performance.now();
    this.#endsAt ??= now + this.#options.shutdownTimeout;
    return Math.max(0, this.#endsAt - now);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping ??= this.#room.queueing.stop();
    await this.#room.inFlight.drain(this.#timeLeft());
    this.#tellGivenUp();
    await this.#room.inFlight.close(0);
    await this.#closeQueue(this.#stopping);
    await this.#room.resolution?.close();
    const transports = new Set([...this.#room.mailers.values()].map((mailer) => mailer.transport));
    const closed = await Promise.allSettled([...transports].map((transport) => transport.close()));
    for (const result of closed) {
      if (result.status === 'rejected') this.#room.log.fault('A mail transport did not close', result.reason);
    }
    await this.#room.renderer.close();
  }

  /** Settles aborted mails before it closes. */
  async #closeQueue(stopping: Promise<void>): Promise<void> {
    try {
      await stopping;
      await this.#tellLeft();
      await this.#room.queueing.close();
    } catch (error) {
      this.#room.log.fault('The mail queue did not close', error);
    }
  }

  /** Returns one mailer for each distinct transport with this option. A warning is useless for one that captures. */
  #mailers(verify: ResolvedMailer['verify']): Mailer[] {
    const mailers = this.#options.mailers
      .filter((mailer) => mailer.verify === verify)
      .map(({ name }) => this.#room.mailers.get(name))
      .filter((mailer) => mailer !== undefined)
      .filter(({ transport }) => verify === 'boot' || !transport.captures);
    return [...new Map(mailers.map((mailer) => [mailer.transport, mailer])).values()];
  }

  #verify(mailer: Mailer): Promise<void> {
    return this.#room.inFlight.run(mailer.timeout, undefined, ({ signal }) => verifyMailer(mailer, signal));
  }

  async #verifyOrStop(mailer: Mailer): Promise<void> {
    try {
      await this.#verify(mailer);
    } catch (error) {
      throw unproven(mailer, error);
    }
  }

  async #verifyInBackground(mailer: Mailer): Promise<void> {
    try {
      await this.#verify(mailer);
      const { name, target } = mailer.transport;
      this.#logger.log(`The mailer '${mailer.name}' can send: ${target ?? name} was reached.`);
    } catch (error) {
      if (MailError.is(error) && error.code === 'closed') return;
      const next = isUnproven(error)
        ? ''
        : ' Mail will fail until this is fixed; MAIL_VERIFY=boot makes it stop the boot.';
      this.#logger.warn(`${cannotSend(mailer, error)}${next}`);
    }
  }
}

/**
 * Collects the warnings of all transports.
 * @throws {MailError} `config`, with every fault on a line of its own
 */
export function checkTransports(transports: Iterable<Transport>): ReadonlySet<string> {
  const faults = new Set<string>();
  const warnings = new Set<string>();
  for (const transport of transports) {
    try {
      for (const warning of transport.checkAtBoot?.() ?? []) warnings.add(warning);
    } catch (error) {
      if (!MailError.is(error)) throw error;
      faults.add(error.message);
    }
  }
  if (faults.size > 0) throw new MailError('config', [...faults].join('\n'));
  return warnings;
}

/** @throws {MailError} `config` when a mailer uses the account's rate and its transport cannot ask for that */
export function checkRates(mailers: Iterable<Mailer>): void {
  for (const { name, transport, limiter } of mailers) {
    if (limiter?.given === 'account' && !transport.accountRate) throw unknownRate(name, transport.name);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function cannotSend({ name }: Mailer, error: unknown): string {
  const what = isUnproven(error) ? 'is unproven' : 'cannot send now';
  return `The mailer '${name}' ${what}: ${sentence(messageOf(error))}`;
}

/** The transport has no way to tell, so no fault is known. */
function isUnproven(error: unknown): boolean {
  return MailError.is(error) && error.code === 'unsupported';
}

/** The error that stops the boot, with the setting to boot anyway. */
function unproven(mailer: Mailer, error: unknown): MailError {
  const message = `${cannotSend(mailer, error)} Fix this, or set MAIL_VERIFY=warn to boot without it.`;
  if (!MailError.is(error)) return new MailError('transport-unavailable', message, { cause: error });
  const { code, retryable, scope, outcome, smtp, at } = error;
  return new MailError(code, message, { retryable, scope, outcome, smtp, at, cause: error });
}

/** Named mailers in the line of the boot; an application may have hundreds. */
const MAX_NAMED = 5;

const VERIFIED: Readonly<Record<ResolvedMailer['verify'], string>> = {
  boot: ' (reached)',
  warn: ' (being verified)',
  off: ' (not verified)',
};

/** The one line of the boot: where mail goes, where the queue is, and how many templates there are. */
function bootLine(room: Mailroom, options: ResolvedMailOptions): string {
  const { capture, mailers, queue, templates } = options;
  const first = capture?.message ?? `Mail goes ${way(mailers[0], room)}.`;
  return [
    first,
    ...namedMailers(mailers, room),
    queueSentence(queue, room.queueing.queue),
    templateSentence(room.renderer.names().length, templates.sources.length),
  ].join(' ');
}

function namedMailers(mailers: readonly ResolvedMailer[], room: Mailroom): readonly string[] {
  const shared = transportOf(DEFAULT_MAILER, room);
  const own = mailers.filter(({ name }) => transportOf(name, room) !== shared);
  const sentences = own
    .slice(0, MAX_NAMED)
    .map((mailer) => `That of '${mailer.name}' goes ${way(mailer, room)}.`);
  const more = own.length - sentences.length;
  return more > 0 ? [...sentences, `${more} more mailers have transports of their own.`] : sentences;
}

function transportOf(name: string, { mailers }: Mailroom): Transport | undefined {
  return mailers.get(name)?.transport;
}

function way({ name, verify }: ResolvedMailer, room: Mailroom): string {
  const transport = transportOf(name, room);
  const target = transport?.target === undefined ? '' : ` to ${transport.target}`;
  return `by ${transport?.name}${target}${transport?.captures ? '' : VERIFIED[verify]}`;
}

function queueSentence(options: ResolvedQueue | NoQueue, { name, target }: MailQueue): string {
  if (options.driver === 'off') {
    return `There is no queue: ${options.isAsked ? options.why : 'the warning above says why'}.`;
  }
  const place =
    options.driver === 'registered' ? [name, target].filter(Boolean).join(' at ') : (target ?? name);
  return `Queued mails wait in ${place}${options.deliver ? '' : ', and other processes deliver them'}.`;
}

function templateSentence(count: number, sources: number): string {
  const templates = count === 1 ? '1 template' : `${count || 'No'} templates`;
  return sources > 0
    ? `${templates}, and those of ${sources === 1 ? '1 source' : `${sources} sources`}.`
    : `${templates}.`;
}
