import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { MailFailedEvent } from 'nest-mailroom';

/** Where an operator sees that a mail has failed, whoever sent it. Holds the message id, not the person's address. */
@Injectable()
export class MailFailureLog {
  readonly #logger = new Logger('Mail');

  @OnEvent('mail.failed')
  write({ error, messageId, template }: MailFailedEvent): void {
    const cause = error.cause instanceof Error ? ` (cause: ${error.cause.message})` : '';
    const mail = [template, messageId].filter(Boolean).join(' ');
    this.#logger.error(`mail.failed ${error.code} [${mail}]: ${error.message}${cause}`);
  }
}
