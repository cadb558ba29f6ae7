import { randomBytes } from 'node:crypto';
import { Get, Inject, Param, Req, Res, StreamableFile } from '@nestjs/common';
import { namePaths } from '../gallery/name-paths.js';
import { HTML, type InboxReply, type InboxRequest, pathOf } from '../safety/http.js';
import { InboxController } from '../safety/inbox-controller.js';
import { OpenToLinks } from '../safety/inbox-door.js';
import { refusal } from '../safety/refusal.js';
import { InboxStatus } from '../status/inbox-status.js';
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

  constructor(@Inject(PageFiles) files: PageFiles, @Inject(InboxStatus) status: InboxStatus) {
    this.#files = files;
    this.#status = status;
  }

  @Get()
  @OpenToLinks()
  home(@Req() request: InboxRequest, @Res({ passthrough: true }) reply: InboxReply): Promise<string> {
    return this.#page(`${pathOf(request).replace(/\/$/, '')}/`, reply);
  }

  @Get(VIEWS)
  @OpenToLinks()
  view(@Req() request: InboxRequest, @Res({ passthrough: true }) reply: InboxReply): Promise<string> {
    return this.#page(pathOf(request).replace(/[^/]+\/?$/, ''), reply);
  }

  @Get(DEEP_VIEWS)
  @OpenToLinks()
  deepView(@Req() request: InboxRequest, @Res({ passthrough: true }) reply: InboxReply): Promise<string> {
    return this.#page(pathOf(request).replace(DEEP_PATH, ''), reply);
  }

  @Get('assets/:name')
  async asset(
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<StreamableFile> {
    const asset = await this.#files.asset(name);
    if (!asset) throw refusal(404, 'The inbox has no such file.');
    reply.header('content-type', asset.contentType);
    // A name is made of the content: another content has another name.
    reply.header('cache-control', 'private, max-age=31536000, immutable');
    return new StreamableFile(asset.content);
  }

  /** @param base URL path of the mount, with a slash at its end */
  async #page(base: string, reply: InboxReply): Promise<string> {
    const index = await this.#files.index();
    if (index === undefined) throw refusal(503, 'The page of the inbox is not built here: npm run build.');
    const nonce = randomBytes(16).toString('base64url');
    reply.header('content-type', HTML);
    reply.header('content-security-policy', pagePolicy(nonce));
    const values = { base, nonce, inbox: JSON.stringify(this.#status.view()) };
    return filled(index, values);
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
