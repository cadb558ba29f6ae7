import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { OnEvent } from '@nestjs/event-emitter';
import { MailService } from 'nest-mailroom';

import type { User } from './user.js';

@Injectable()
export class WelcomeListener {
  readonly #site: string;

  constructor(
    private readonly mail: MailService,
    config: ConfigService,
  ) {
    this.#site = config.getOrThrow<string>('APP_URL');
  }

  /**
   * Resolves as soon as the mail is on disk: a signup depends on no mail server. What is thrown here is logged by the
   * event emitter and fails nobody's request.
   */
  @OnEvent('user.signup')
  async welcome(user: User): Promise<void> {
    await this.mail.queue({
      to: { address: user.email, name: user.name },
      template: 'welcome',
      locale: user.locale,
      context: { user, link: `${this.#site}/start` },
    });
  }
}
