import type { Receipt } from '../../message/receipt.js';
import { receipt } from '../api/receipt.js';
import { record, string } from '../api/schema.js';
import { type TemplateList, templateList, type TemplatePage, templatePage } from '../api/templates.js';
import { asShownIn } from '../client-view/client-view.js';
import { HTML_VIEW, viewClientOf } from '../client-view/view-client.js';
import { refusal } from '../http/reply.js';
import { fieldsOf, type InboxRequest, pathOf, textOf } from '../http/request.js';
import { MailroomView, noMailModule } from '../mailroom-view.js';
import { mailAnswer } from '../messages/mail-html.js';
import { MailRelease } from '../release/mail-release.js';
import type { RawAnswer } from '../routing/answer.js';
import { type InboxFeature, InboxController, Get, Post } from '../routing/inbox-controller.js';
import { Gallery } from './template-gallery.js';
import { namePaths } from '../routing/paths.js';

const LANGUAGE = { locale: 'BCP 47 tag; defaults to the base variant' };

/** Template names may contain slashes, encoded or not, so handlers read the name from the URL path. */
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

  @Get('', { summary: 'Lists all templates', answer: templateList, refusals: [404] })
  list(): TemplateList {
    return { templates: this.#gallery.opened().list() };
  }

  @Get(namePaths('.html'), {
    summary: 'Returns its html, for a sandboxed frame',
    query: { ...LANGUAGE, ...HTML_VIEW },
    answer: 'text/html',
    refusals: [400, 404],
  })
  async html(request: InboxRequest): Promise<RawAnswer> {
    const client = viewClientOf(textOf(request.query, 'client'));
    const locale = textOf(request.query, 'locale');
    const html = await this.#gallery.opened().html(nameOf(request, '.html'), locale);
    if (html === undefined) throw refusal(404, 'This template has no html, only text.');
    return mailAnswer(asShownIn(client, html), request, '/');
  }

  @Get(namePaths(''), {
    summary: 'Renders a template with its sample; slashes in its name need no encoding',
    query: LANGUAGE,
    answer: templatePage,
    refusals: [400, 404],
  })
  show(request: InboxRequest): Promise<TemplatePage> {
    return this.#gallery.opened().show(nameOf(request, ''), textOf(request.query, 'locale'));
  }

  @Post(namePaths('/send'), {
    summary: 'Really sends it with its sample, to an address that the option release.allow allows',
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

function nameOf(request: InboxRequest, suffix: string): string {
  const [, name = ''] = /\/api\/templates\/(.*)$/.exec(pathOf(request)) ?? [];
  try {
    return decodeURIComponent(name.slice(0, name.length - suffix.length));
  } catch {
    throw refusal(404, 'There is no such template.');
  }
}

export const GALLERY: InboxFeature = { controllers: [GalleryController], providers: [Gallery] };
