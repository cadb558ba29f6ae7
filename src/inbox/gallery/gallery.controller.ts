import { Inject } from '@nestjs/common';
import type { Receipt } from '../../message/receipt.js';
import { asShownIn } from '../client-view/client-view.js';
import { viewClientOf } from '../client-view/view-client.js';
import { mailPolicy } from '../messages/mail-html.js';
import { textOf } from '../messages/message-query.js';
import { SampleSender } from '../release/sample-sender.js';
import { Answer } from '../routing/answer.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get, Post } from '../routing/route.js';
import { fieldsOf } from '../safety/fields.js';
import { HTML, type InboxRequest, pathOf } from '../safety/http.js';
import { hostOf } from '../safety/own-host.js';
import { refusal } from '../safety/refusal.js';
import { Gallery } from './gallery.js';
import { namePaths } from './name-paths.js';
import type { GalleryPage, GalleryTemplate } from './template-gallery.js';

/** Names hold slashes, written as they are or encoded: they are read off the path. */
@InboxController('api/templates')
export class GalleryController {
  readonly #gallery: Gallery;
  readonly #sender: SampleSender;

  constructor(@Inject(Gallery) gallery: Gallery, @Inject(SampleSender) sender: SampleSender) {
    this.#gallery = gallery;
    this.#sender = sender;
  }

  @Get()
  list(): { readonly templates: readonly GalleryTemplate[] } {
    return { templates: this.#gallery.opened().list() };
  }

  /** Its html, for a sandboxed frame; about as a mail program shows it, where one is named. */
  @Get(namePaths('.html'))
  async html(request: InboxRequest): Promise<Answer> {
    const client = viewClientOf(textOf(request.query, 'client'));
    const locale = textOf(request.query, 'locale');
    const html = await this.#gallery.opened().html(nameOf(request, '.html'), locale);
    if (html === undefined) throw refusal(404, 'This template has no html, only text.');
    const withImages = textOf(request.query, 'images') === '1';
    const policy = mailPolicy(hostOf(request) ?? '', '/', withImages);
    return new Answer(asShownIn(client, html), { 'content-type': HTML, 'content-security-policy': policy });
  }

  @Get(namePaths(''))
  show(request: InboxRequest): Promise<GalleryPage> {
    return this.#gallery.opened().show(nameOf(request, ''), textOf(request.query, 'locale'));
  }

  /** Sends its sample to an address that mails may be released to. */
  @Post(namePaths('/send'))
  send(request: InboxRequest): Promise<Receipt> {
    return this.#sender.send(nameOf(request, '/send'), fieldsOf(request.body));
  }
}

/** What stands between `templates/` and the suffix. */
function nameOf(request: InboxRequest, suffix: string): string {
  const [, name = ''] = /\/api\/templates\/(.*)$/.exec(pathOf(request)) ?? [];
  try {
    return decodeURIComponent(name.slice(0, name.length - suffix.length));
  } catch {
    throw refusal(404, 'There is no such template.');
  }
}
