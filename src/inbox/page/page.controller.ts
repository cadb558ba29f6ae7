import { randomBytes } from 'node:crypto';
import { escapeHtml } from '../../render/format/preheader.js';
import { namePaths } from '../routing/paths.js';
import { refusal, HTML } from '../http/reply.js';
import { type InboxRequest, parameterOf, pathOf } from '../http/request.js';
import { RawAnswer } from '../routing/answer.js';
import { type InboxFeature, InboxController, Get } from '../routing/inbox-controller.js';
import { StatusController } from '../status/status.controller.js';
import { PageFiles } from './page-files.js';

const VIEWS = ['queue', 'gallery', 'chaos', 'mails'];
const TEMPLATES = namePaths('').map((path) => `gallery/${path}`);
const DEEP_VIEWS = ['m/:id', ...TEMPLATES];

@InboxController('')
export class PageController {
  readonly #files: PageFiles;
  readonly #status: StatusController;

  constructor(files: PageFiles, status: StatusController) {
    this.#files = files;
    this.#status = status;
  }

  @Get('', { allow: 'navigation' })
  home(request: InboxRequest): Promise<RawAnswer> {
    return this.#page(`${pathOf(request).replace(/\/$/, '')}/`);
  }

  @Get(VIEWS, { allow: 'navigation' })
  view(request: InboxRequest): Promise<RawAnswer> {
    return this.#page(pathOf(request).replace(/[^/]+\/?$/, ''));
  }

  @Get(DEEP_VIEWS, { allow: 'navigation' })
  deepView(request: InboxRequest): Promise<RawAnswer> {
    return this.#page(pathOf(request).replace(DEEP_PATH, ''));
  }

  @Get('assets/:name', {})
  async asset(request: InboxRequest): Promise<RawAnswer> {
    const asset = await this.#files.asset(parameterOf(request, 'name'));
    if (!asset) throw refusal(404, 'The inbox has no such file.');
    // The name contains a hash of the content, so a file never changes.
    const cacheControl = 'private, max-age=31536000, immutable';
    return new RawAnswer(asset.content, { 'content-type': asset.contentType, 'cache-control': cacheControl });
  }

  /** @param base URL path of the mount, with a trailing slash */
  async #page(base: string): Promise<RawAnswer> {
    const index = await this.#files.index();
    if (index === undefined)
      throw refusal(503, 'The page of the inbox has not been built. Run: npm run build.');
    const nonce = randomBytes(16).toString('base64url');
    const values = { base, nonce, inbox: JSON.stringify(this.#status.status()) };
    return new RawAnswer(filled(index, values), {
      'content-type': HTML,
      'content-security-policy': pagePolicy(nonce),
    });
  }
}

/** The part after the mount in the URL of a deep view; the name of a template may contain slashes. */
const DEEP_PATH = /(?:m\/[^/]+|gallery\/.+)\/?$/;

/** The page may run its own script and talk to its own server; mails are shown in separate frames. */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Fills the placeholders, all of which are in attributes. */
function filled(index: string, values: Readonly<Record<string, string>>): string {
  return index.replaceAll(/\{\{(\w+)\}\}/g, (_gap, name: string) => escapeHtml(values[name] ?? ''));
}

export const PAGE: InboxFeature = {
  controllers: [PageController],
  providers: [{ provide: PageFiles, useFactory: () => new PageFiles() }],
};
