import { Logger } from '@nestjs/common';
import { MailError, messageOf, type Rejection } from '../errors/mail-error.js';
import { withoutPeople } from '../errors/show.js';
import { describeFailure, describeMessage, type MailAlarmEvent, type MailEvent } from '../mail.events.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import type { Claim, Settlement } from '../queue/mail-queue.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import { LogEntry, type LogFields } from './log-entry.js';
import { domainsOf, peopleOf, reasonFields, reasonOf, refusalOf, saidOf, sentence } from './log-text.js';

/** A call of the application that failed, with as much of its mail as was known. */
export interface FailedCall {
  readonly call: 'send' | 'queue';
  readonly mailer: string;
  readonly message: RenderedMessage | undefined;
  readonly error: MailError;
}

/** Logs the calls of the application. */
export interface CallLog {
  /** The next hop accepted the mail for at least one recipient. */
  sent(message: RenderedMessage, receipt: Receipt): void;
  /** The recipient guard removed these recipients from a mail that is queued for the others. */
  suppressed(message: RenderedMessage, suppressed: readonly Rejection[]): void;
  failed(call: FailedCall): void;
}

type Level = 'error' | 'warn' | 'log' | 'debug' | 'verbose';

interface InQueue {
  readonly id: string;
  readonly attempt: number;
}

const KEPT =
  "It is kept: MailQueueService.retry() with its id, or 'nest-mailroom queue retry', sends it all the same.";

/**
 * Every log line about mails, and about the transports and the queue that they need. The levels debug and verbose
 * name recipients, the others only their domains.
 */
export class MailLog implements CallLog {
  readonly #logger = new Logger('Mail');
  /** Errors already logged, with their causes: callers that meet the same fault share one of them. */
  readonly #told = new WeakSet<object>();

  sent(message: RenderedMessage, { accepted, rejected, response }: Receipt): void {
    this.#refused(message, rejected, 'mail.sent', undefined);
    if (rejected.length === 0) this.#accepted(message, accepted, response, undefined);
  }

  suppressed(message: RenderedMessage, suppressed: readonly Rejection[]): void {
    this.#refused(message, suppressed, 'mail.queued', undefined);
  }

  failed({ call, mailer, message, error }: FailedCall): void {
    const event = call === 'send' ? 'mail.failed' : 'mail.not-queued';
    const mail = describeFailure(mailer, message, error);
    this.#mail(levelOf(error), mail, { event, ...reasonFields(error) }, saidOf(error));
  }

  /** An attempt for a queued mail ended, and the queue has stored its result. */
  settled({ id, attempt, message }: Claim, settlement: Settlement): void {
    if (settlement.state === 'released') return;
    const inQueue = { id, attempt };
    const { attempt: made, state } = settlement;
    if (state === 'sent') {
      this.#refused(message, made?.rejected ?? [], 'mail.sent', inQueue);
      if (!made?.rejected.length) this.#accepted(message, made?.accepted ?? [], made?.response, inQueue);
      return;
    }
    const nextTry = state === 'waiting' ? settlement.dueAt.toISOString() : undefined;
    const event = state === 'waiting' ? 'mail.deferred' : `mail.${state}`;
    const reason = reasonOf(made);
    const said = `${sentence(reason.message)}${placeOf(inQueue)} ${nextTry ? `Tried again at ${nextTry}.` : KEPT}`;
    const fields = { event, ...inQueue, ...reasonFields(reason), nextTry };
    this.#mail(nextTry ? 'warn' : 'error', describeMessage(message), fields, said);
  }

  /** The transport of these mailers fails in a way that time may change. */
  paused(mailers: readonly string[], error: MailError, retryInMs: number): void {
    const nextTry = new Date(Date.now() + retryInMs).toISOString();
    const said = `${saidOf(error)} Queued mails wait; one tries again in ${Math.ceil(retryInMs / 1000)} s.`;
    this.#write(
      'warn',
      { event: 'mail.paused', mailers, ...reasonFields(error), nextTry },
      withoutPeople(said),
    );
  }

  resumed(mailers: readonly string[]): void {
    this.#write(
      'log',
      { event: 'mail.resumed', mailers },
      'The transport works again; mails that waited go out.',
    );
  }

  alarm({ message, mailers, id, error }: MailAlarmEvent): void {
    if (error) this.#isNews(error);
    const fields = { event: 'mail.alarm', mailers, id, ...(error && reasonFields(error)) };
    this.#write('error', fields, withoutPeople(message));
  }

  /** A part of the module itself failed. */
  fault(what: string, error?: unknown): void {
    if (error !== undefined && !this.#isNews(error)) return;
    const said = error === undefined ? what : `${what}: ${messageOf(error)}`;
    const fields = { event: 'mail.fault', ...(MailError.is(error) && reasonFields(error)) };
    this.#write('error', fields, withoutPeople(said));
  }

  warning(what: string): void {
    this.#write('warn', { event: 'mail.warning' }, withoutPeople(what));
  }

  /** A run ended, and some of its mails were counted instead of logged one by one. */
  untold(level: 'error' | 'warn', fields: LogFields, said: string): void {
    this.#write(level, fields, said);
  }

  /** Logs how many mails a shutdown waits for or leaves behind. */
  shutdown(level: 'warn' | 'log', said: string, count: number): void {
    this.#write(level, { event: 'mail.shutdown', count }, `${said} Mails: ${count}.`);
  }

  #refused(
    message: RenderedMessage,
    rejected: readonly Rejection[],
    event: string,
    inQueue: InQueue | undefined,
  ): void {
    const [first] = rejected;
    if (!first) return;
    const reason = refusalOf(rejected, first);
    const mail = { ...describeMessage(message), to: rejected.map(({ address }) => address) };
    const said = `${reason.message} The mail goes to the others.${placeOf(inQueue)}`;
    this.#mail('warn', mail, { event, ...inQueue, ...reasonFields(reason) }, said);
  }

  /** Called for every mail, so it builds nothing unless the level is on. */
  #accepted(
    message: RenderedMessage,
    to: readonly string[],
    smtp: string | undefined,
    inQueue: InQueue | undefined,
  ): void {
    if (!Logger.isLevelEnabled('verbose')) return;
    const mail = { ...describeMessage(message), to };
    const said = `${sentence(`Accepted${smtp === undefined ? '' : `: ${smtp}`}`)}${placeOf(inQueue)}`;
    this.#mail('verbose', mail, { event: 'mail.sent', ...inQueue, smtp }, said);
  }

  #mail(level: Level, { mailer, template, messageId, to }: MailEvent, own: LogFields, said: string): void {
    const mail = { ...own, mailer, template, messageId };
    if (to.length === 0) return this.#write(level, mail, withoutPeople(said));
    const people = peopleOf(to);
    const named = `To ${people.to.join(', ')}.`;
    if (level === 'debug' || level === 'verbose')
      return this.#write(level, { ...mail, ...people }, `${said} ${named}`);
    const { domains } = domainsOf(to);
    this.#write(level, { ...mail, domains }, `${withoutPeople(said)} To ${domains.join(', ')}.`);
    this.#write(
      'debug',
      { event: 'mail.recipients', id: own.id, mailer, template, messageId, ...people },
      named,
    );
  }

  /** An application's logger that throws must not fail a mail. */
  #write(level: Level, fields: LogFields, said: string): void {
    try {
      this.#logger[level](new LogEntry(`${titleOf(fields)}: ${said}`, fields));
    } catch {
      // The logger is the only place that could report this.
    }
  }

  #isNews(error: unknown): boolean {
    const carriers = [error, MailError.is(error) ? error.cause : undefined].filter(isObject);
    const isNews = carriers.every((carrier) => !this.#told.has(carrier));
    for (const carrier of carriers) this.#told.add(carrier);
    return isNews;
  }
}

/** Failures that the caller asked for, and mails that the guard held back, are no faults for an operator. */
export function levelOf({ code }: MailError): 'error' | 'warn' | 'debug' {
  if (code === 'aborted') return 'debug';
  return code === 'suppressed' ? 'warn' : 'error';
}

/** For instance `mail.dead message-rejected [welcome <id@host>]`. */
function titleOf({ event, code, mailer, mailers, template, messageId }: LogFields): string {
  const from =
    template !== undefined && mailer === DEFAULT_MAILER ? undefined : (mailer ?? mailers?.join(', '));
  const whose = spaced(from, template, messageId);
  return spaced(event, code, whose === '' ? undefined : `[${whose}]`);
}

function spaced(...words: ReadonlyArray<string | undefined>): string {
  return words.filter((word) => word !== undefined).join(' ');
}

function placeOf(inQueue: InQueue | undefined): string {
  return inQueue ? ` Queue id ${inQueue.id}, attempt ${inQueue.attempt}.` : '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
