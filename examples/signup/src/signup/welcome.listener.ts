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
   * Resolves as soon as the mail is on disk: a signup depends on no mail server. Without `suppressErrors: false` the
   * event emitter would swallow an error, and the signup would be answered with 201 and no mail.
   */
  @OnEvent('user.signup', { suppressErrors: false })
  async welcome(user: User): Promise<void> {
    await this.mail.queue({
      to: { address: user.email, name: user.name },
      template: 'welcome',
      locale: user.locale,
      context: { user, link: `${this.#site}/start` },
    });
  }
}
