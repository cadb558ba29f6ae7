import { Body, Get, Header, HttpCode, Inject, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import type { Receipt } from '../../message/receipt.js';
import { mailPolicy } from '../messages/mail-html.js';
import { type Parameters, textOf } from '../messages/message-query.js';
import { SampleSender } from '../release/sample-sender.js';
import { fieldsOf } from '../safety/fields.js';
import { type InboxReply, type InboxRequest, pathOf } from '../safety/http.js';
import { InboxController } from '../safety/inbox-controller.js';
import { MailErrorFilter } from '../safety/mail-error.filter.js';
import { hostOf } from '../safety/own-host.js';
import { refusal } from '../safety/refusal.js';
import { Gallery } from './gallery.js';
import { namePaths } from './name-paths.js';
import type { GalleryPage, GalleryTemplate } from './template-gallery.js';

/** Names hold slashes, written as they are or encoded: they are read off the path. */
@InboxController('api/templates')
@UseFilters(MailErrorFilter)
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

  /** Its html, for a sandboxed frame. */
  @Get(namePaths('.html'))
  @Header('content-type', 'text/html; charset=utf-8')
  async html(
    @Req() request: InboxRequest,
    @Query() parameters: Parameters,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<string> {
    const html = await this.#gallery.opened().html(nameOf(request, '.html'), textOf(parameters, 'locale'));
    if (html === undefined) throw refusal(404, 'This template has no html, only text.');
    const withImages = textOf(parameters, 'images') === '1';
    reply.header('content-security-policy', mailPolicy(hostOf(request) ?? '', '/', withImages));
    return html;
  }

  @Get(namePaths(''))
  show(@Req() request: InboxRequest, @Query() parameters: Parameters): Promise<GalleryPage> {
    return this.#gallery.opened().show(nameOf(request, ''), textOf(parameters, 'locale'));
  }

  /** Sends its sample to an address that mails may be released to. */
  @Post(namePaths('/send'))
  @HttpCode(200)
  send(@Req() request: InboxRequest, @Body() body: unknown): Promise<Receipt> {
    return this.#sender.send(nameOf(request, '/send'), fieldsOf(body));
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
