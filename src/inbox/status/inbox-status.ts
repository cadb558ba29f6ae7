import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Gallery } from '../gallery/gallery.js';
import { SUPPORT_DATE } from '../../check/clients/support-data.js';
import { VIEW_CLIENTS } from '../client-view/view-client.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { MailroomView } from '../mailroom-view.js';
import { packageVersion } from '../page/page-files.js';
import { SmtpDoor } from '../capture/smtp-door.js';

/** What this inbox is and can do. */
export interface StatusView {
  /** Of the package. */
  readonly version: string;
  readonly mailers: readonly string[];
  /** Whether the application's mails are kept here instead of being sent. */
  readonly captured: boolean;
  /** Whether mails that are really sent are shown too. */
  readonly watching: boolean;
  readonly queue: boolean;
  readonly gallery: boolean;
  /** Whether mails may be released to anybody. */
  readonly release: boolean;
  /** Where it listens for mails of other programs. */
  readonly smtp?: { readonly port: number };
  readonly keep: number;
  readonly environment: string;
  /** The mail programs that mails can be seen in, about. */
  readonly clientViews: {
    /** Of the data of Can I email that they are made by. */
    readonly date: string;
    readonly clients: ReadonlyArray<{ readonly id: string; readonly name: string }>;
  };
}

@Injectable()
export class InboxStatus implements OnModuleInit {
  readonly #options: ResolvedInboxOptions;
  readonly #mailroom: MailroomView;
  readonly #smtp: SmtpDoor;
  readonly #gallery: Gallery;
  #version = '';

  constructor(
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
    @Inject(MailroomView) mailroom: MailroomView,
    @Inject(SmtpDoor) smtp: SmtpDoor,
    @Inject(Gallery) gallery: Gallery,
  ) {
    this.#options = options;
    this.#mailroom = mailroom;
    this.#smtp = smtp;
    this.#gallery = gallery;
  }

  async onModuleInit(): Promise<void> {
    this.#version = await packageVersion();
  }

  view(): StatusView {
    const { watch, keep, release, environment } = this.#options;
    const { mailers, rooms } = this.#mailroom;
    const { port } = this.#smtp;
    return {
      version: this.#version,
      mailers: mailers.map(({ name }) => name),
      captured: mailers.every(({ name }) => this.#mailroom.captures(name)),
      watching: watch,
      queue: rooms.some(({ queueing }) => queueing.queue.name !== 'off'),
      gallery: this.#gallery.isThere,
      release: release.allow.length > 0,
      ...(port !== undefined && { smtp: { port } }),
      keep,
      environment: environment ?? 'development',
      clientViews: { date: SUPPORT_DATE, clients: VIEW_CLIENTS.map(({ id, name }) => ({ id, name })) },
    };
  }
}
