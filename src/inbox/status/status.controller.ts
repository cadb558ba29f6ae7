import { Inject, type OnModuleInit } from '@nestjs/common';
import { SUPPORT_DATE } from '../../check/clients/support-data.js';
import { type StatusView, statusView } from '../api/status.js';
import { SmtpReceiver } from '../capture/smtp-receiver.js';
import { VIEW_CLIENTS } from '../client-view/view-client.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { MailroomView } from '../mailroom-view.js';
import { packageVersion } from '../page/page-files.js';
import { Get, InboxController, type InboxFeature } from '../routing/inbox-controller.js';

@InboxController('api/status')
export class StatusController implements OnModuleInit {
  readonly #options: ResolvedInboxOptions;
  readonly #mailroom: MailroomView;
  readonly #smtp: SmtpReceiver;
  #version = '';

  constructor(
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
    mailroom: MailroomView,
    smtp: SmtpReceiver,
  ) {
    this.#options = options;
    this.#mailroom = mailroom;
    this.#smtp = smtp;
  }

  async onModuleInit(): Promise<void> {
    this.#version = await packageVersion();
  }

  @Get('', { summary: 'Returns the settings and abilities of this inbox', answer: statusView })
  status(): StatusView {
    const { watch, keep, release, environment } = this.#options;
    const { mailers, mailrooms } = this.#mailroom;
    const { port } = this.#smtp;
    return {
      version: this.#version,
      mailers: mailers.map(({ name }) => name),
      captured: mailers.every(({ name }) => this.#mailroom.captures(name)),
      watching: watch,
      queue: mailrooms.some(({ queueing }) => queueing.queue.name !== 'off'),
      gallery: this.#mailroom.handlebars !== undefined,
      release: release.allow.length > 0,
      smtp: port === undefined ? undefined : { port },
      keep,
      environment: environment ?? 'development',
      clientViews: { date: SUPPORT_DATE, clients: VIEW_CLIENTS.map(({ id, name }) => ({ id, name })) },
    };
  }
}

export const STATUS: InboxFeature = { controllers: [StatusController] };
