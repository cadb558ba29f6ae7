import { randomUUID } from 'node:crypto';

import { Body, Controller, Post } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { MailService, type Receipt } from 'nest-mailroom';

import { type InviteDto, inviteSchema } from './invite.dto.js';

type InviteAnswer = Pick<Receipt, 'messageId' | 'accepted' | 'rejected'>;

@Controller('invites')
export class InvitesController {
  readonly #site: string;

  constructor(
    private readonly mail: MailService,
    config: ConfigService,
  ) {
    this.#site = config.getOrThrow<string>('APP_URL');
  }

  /**
   * The mail is the whole point of an invite, so it is not queued: the caller waits, and learns who got it and who
   * did not. `MailErrorFilter` answers when it fails.
   */
  @Post()
  async create(@Body({ schema: inviteSchema }) invite: InviteDto): Promise<InviteAnswer> {
    const { messageId, accepted, rejected } = await this.mail.send({
      to: invite.email,
      template: 'invite',
      context: { ...invite, link: `${this.#site}/join/${randomUUID()}` },
    });
    return { messageId, accepted, rejected };
  }
}
