import type { Receipt } from '../../message/receipt.js';
import { receipt } from '../api/receipt.js';
import { record, string } from '../api/schema.js';
import { type TemplateList, templateList, type TemplatePage, templatePage } from '../api/templates.js';
import { asShownIn } from '../client-view/client-view.js';
import { HTML_VIEW, viewClientOf } from '../client-view/view-client.js';
import { refusal } from '../http/refusal.js';
import { HTML } from '../http/reply.js';
import { fieldsOf, type InboxRequest, pathOf, textOf } from '../http/request.js';
import { MailroomView, noMailModule } from '../mailroom-view.js';
import { mailPolicy } from '../messages/mail-html.js';
import { MailRelease } from '../release/mail-release.js';
import { Answer } from '../routing/answer.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get, Post } from '../routing/route.js';
import { hostOf } from '../safety/own-host.js';
import { Gallery } from './gallery.js';
import { namePaths } from './name-paths.js';

const LANGUAGE = { locale: 'BCP 47 tag; the base variant without it' };

/** Names hold slashes, written as they are or encoded: they are read off the path. */
@InboxController('api/templates')
export class GalleryController {
  readonly #gallery: Gallery;
  readonly #mailroom: MailroomView;
  readonly #release: MailRelease;

  constructor(gallery: Gallery, mailroom: MailroomView, release: MailRelease) {
    this.#gallery = gallery;
    this.#mailroom = mailroom;
    this.#release = release;
  }

  @Get('', { summary: 'All templates', answer: templateList, refusals: [404] })
  list(): TemplateList {
    return { templates: this.#gallery.opened().list() };
  }

  /** About as a mail program shows it, where one is named. */
  @Get(namePaths('.html'), {
    summary: 'Its html, for a sandboxed frame',
    query: { ...LANGUAGE, ...HTML_VIEW },
    answer: 'text/html',
    refusals: [400, 404],
  })
  async html(request: InboxRequest): Promise<Answer> {
    const client = viewClientOf(textOf(request.query, 'client'));
    const locale = textOf(request.query, 'locale');
    const html = await this.#gallery.opened().html(nameOf(request, '.html'), locale);
    if (html === undefined) throw refusal(404, 'This template has no html, only text.');
    const withImages = textOf(request.query, 'images') === '1';
    const policy = mailPolicy(hostOf(request) ?? '', '/', withImages);
    return new Answer(asShownIn(client, html), { 'content-type': HTML, 'content-security-policy': policy });
  }

  @Get(namePaths(''), {
    summary: 'One of them, rendered with its sample; slashes of its name may stand as they are',
    query: LANGUAGE,
    answer: templatePage,
    refusals: [400, 404],
  })
  show(request: InboxRequest): Promise<TemplatePage> {
    return this.#gallery.opened().show(nameOf(request, ''), textOf(request.query, 'locale'));
  }

  @Post(namePaths('/send'), {
    summary: 'Really sends it with its sample, to an address of the option release.allow',
    body: record({ to: string(), 'locale?': string() }),
    answer: receipt,
    refusals: [400, 404, 502],
  })
  async send(request: InboxRequest): Promise<Receipt> {
    const { to, locale } = fieldsOf(request);
    if (typeof to !== 'string') throw refusal(400, 'to: expected an address.');
    if (locale !== undefined && typeof locale !== 'string')
      throw refusal(400, 'locale: expected a language.');
    const sample = this.#gallery.opened().sampleMail(nameOf(request, '/send'), locale);
    const { service } = this.#mailroom;
    if (!service) throw noMailModule();
    const message = await service.render({ ...sample, to });
    return this.#release.release(message, to, undefined);
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

export const GALLERY: InboxFeature = { controllers: [GalleryController], providers: [Gallery] };
