import { Inject, Injectable } from '@nestjs/common';
import { MailService } from '../../mail.service.js';
import { DEFAULT_MAILER } from '../../mail.tokens.js';
import type { Receipt } from '../../message/receipt.js';
import { Gallery } from '../gallery/gallery.js';
import { MailroomView } from '../mailroom-view.js';
import { refusal } from '../safety/refusal.js';
import { MailRelease } from './mail-release.js';

/** Sends templates with their samples, to see them in a real mail client. */
@Injectable()
export class SampleSender {
  readonly #gallery: Gallery;
  readonly #mailroom: MailroomView;
  readonly #release: MailRelease;

  constructor(
    @Inject(Gallery) gallery: Gallery,
    @Inject(MailroomView) mailroom: MailroomView,
    @Inject(MailRelease) release: MailRelease,
  ) {
    this.#gallery = gallery;
    this.#mailroom = mailroom;
    this.#release = release;
  }

  /** @throws {MailError} as rendering and releasing do */
  async send(template: string, { to, locale }: Readonly<Record<string, unknown>>): Promise<Receipt> {
    if (typeof to !== 'string') throw refusal(400, 'to: expected an address.');
    if (locale !== undefined && typeof locale !== 'string')
      throw refusal(400, 'locale: expected a language.');
    const sample = this.#gallery.opened().sampleMail(template, locale);
    const message = await this.#service().render({ ...sample, to });
    return this.#release.release(message, to, undefined);
  }

  #service(): MailService {
    for (const room of this.#mailroom.rooms) {
      const mailer = room.mailers.get(DEFAULT_MAILER);
      if (mailer) return new MailService(room, mailer);
    }
    throw refusal(404, 'There is no MailModule in this application.');
  }
}
