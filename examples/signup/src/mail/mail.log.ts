import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type {
  MailDeferredEvent,
  MailError,
  MailFailedEvent,
  MailInQueueEvent,
  MailPausedEvent,
  MailResumedEvent,
} from 'nest-mailroom';

/** Where an operator sees how the mail is doing: a line for all that is not plain sailing. Names mails by ids, not by people. */
@Injectable()
export class MailLog {
  readonly #logger = new Logger('Mail');

  /** Whoever called `send()` was told as well. */
  @OnEvent('mail.failed')
  failed({ error, template, messageId }: MailFailedEvent): void {
    this.#logger.error(`mail.failed ${error.code} [${join(template, messageId)}]: ${said(error)}`);
  }

  /** Nothing is lost, and nobody has to do anything unless it lasts. */
  @OnEvent('mail.paused')
  paused({ mailer, error, retryInMs }: MailPausedEvent): void {
    const next = `Queued mails wait; one tries again in ${Math.ceil(retryInMs / 1000)} s.`;
    this.#logger.warn(`mail.paused ${error.code} [${mailer}]: ${said(error)} ${next}`);
  }

  @OnEvent('mail.resumed')
  resumed({ mailer }: MailResumedEvent): void {
    this.#logger.log(`mail.resumed [${mailer}]: the mails that waited go out.`);
  }

  @OnEvent('mail.deferred')
  deferred(event: MailDeferredEvent): void {
    this.#logger.warn(`mail.deferred ${inQueue(event)} Tried again at ${event.dueAt.toISOString()}.`);
  }

  @OnEvent('mail.dead')
  dead(event: MailInQueueEvent): void {
    this.#logger.error(`mail.dead ${inQueue(event)} ${KEPT}`);
  }

  @OnEvent('mail.expired')
  expired(event: MailInQueueEvent): void {
    this.#logger.error(`mail.expired ${inQueue(event)} ${KEPT}`);
  }

  @OnEvent('mail.ambiguous')
  ambiguous(event: MailInQueueEvent): void {
    this.#logger.error(`mail.ambiguous ${inQueue(event)} ${KEPT}`);
  }
}

const KEPT = 'It is kept: MailQueueService.retry() with its id sends it all the same.';

/** One mail of the queue: why, which one, how often it was tried. */
function inQueue({ error, template, messageId, id, attempt }: MailInQueueEvent): string {
  const why = error ? said(error) : 'some recipients did not get it.';
  return `${join(error?.code, `[${join(template, messageId)}]`)}: ${why} Queue id ${id}, attempt ${attempt}.`;
}

/** What went wrong as one sentence, and what was behind it. */
function said({ message, cause }: MailError): string {
  const behind = cause instanceof Error ? ` (cause: ${cause.message})` : '';
  return `${message.replace(/\.$/, '')}${behind}.`;
}

function join(...words: ReadonlyArray<string | undefined>): string {
  return words.filter((word) => word !== undefined).join(' ');
}
