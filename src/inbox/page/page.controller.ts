import { randomBytes } from 'node:crypto';
import { namePaths } from '../gallery/name-paths.js';
import { refusal } from '../http/refusal.js';
import { HTML } from '../http/reply.js';
import { type InboxRequest, parameterOf, pathOf } from '../http/request.js';
import { Answer } from '../routing/answer.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { InboxStatus } from '../status/inbox-status.js';
import { InboxAnnouncement } from './inbox-announcement.js';
import { PageFiles } from './page-files.js';

/** Views of the page that have a URL of their own. */
const VIEWS = ['queue', 'gallery', 'chaos', 'mails'];
const TEMPLATES = namePaths('').map((path) => `gallery/${path}`);
const DEEP_VIEWS = ['m/:id', ...TEMPLATES];

/** The page and what it is made of. */
@InboxController('')
export class PageController {
  readonly #files: PageFiles;
  readonly #status: InboxStatus;

  constructor(files: PageFiles, status: InboxStatus) {
    this.#files = files;
    this.#status = status;
  }

  @Get('', { openTo: 'links' })
  home(request: InboxRequest): Promise<Answer> {
    return this.#page(`${pathOf(request).replace(/\/$/, '')}/`);
  }

  @Get(VIEWS, { openTo: 'links' })
  view(request: InboxRequest): Promise<Answer> {
    return this.#page(pathOf(request).replace(/[^/]+\/?$/, ''));
  }

  @Get(DEEP_VIEWS, { openTo: 'links' })
  deepView(request: InboxRequest): Promise<Answer> {
    return this.#page(pathOf(request).replace(DEEP_PATH, ''));
  }

  @Get('assets/:name', {})
  async asset(request: InboxRequest): Promise<Answer> {
    const asset = await this.#files.asset(parameterOf(request, 'name'));
    if (!asset) throw refusal(404, 'The inbox has no such file.');
    // A name is made of the content: another content has another name.
    const cacheControl = 'private, max-age=31536000, immutable';
    return new Answer(asset.content, { 'content-type': asset.contentType, 'cache-control': cacheControl });
  }

  /** @param base URL path of the mount, with a slash at its end */
  async #page(base: string): Promise<Answer> {
    const index = await this.#files.index();
    if (index === undefined) throw refusal(503, 'The page of the inbox is not built here: npm run build.');
    const nonce = randomBytes(16).toString('base64url');
    const values = { base, nonce, inbox: JSON.stringify(this.#status.view()) };
    return new Answer(filled(index, values), {
      'content-type': HTML,
      'content-security-policy': pagePolicy(nonce),
    });
  }
}

/** What follows the mount in the URL of a deep view; the name of a template may hold slashes. */
const DEEP_PATH = /(?:m\/[^/]+|gallery\/.+)\/?$/;

/** The page runs its own script and talks to its own server; mails come into it in frames of their own. */
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

/** The gaps stand in attributes. */
function filled(index: string, values: Readonly<Record<string, string>>): string {
  return index.replaceAll(/\{\{(\w+)\}\}/g, (_gap, name: string) => escaped(values[name] ?? ''));
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

export const PAGE: InboxFeature = {
  controllers: [PageController],
  providers: [InboxAnnouncement, { provide: PageFiles, useFactory: () => new PageFiles() }],
};
