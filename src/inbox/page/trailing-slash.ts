import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';

/** Redirects `/mail/` to `/mail`: Fastify treats them as different paths by default. */
@Injectable()
export class TrailingSlash implements NestMiddleware<IncomingMessage, ServerResponse> {
  use(
    request: IncomingMessage & { readonly originalUrl?: string },
    response: ServerResponse,
    next: () => void,
  ): void {
    const [path = '', query] = (request.originalUrl ?? request.url ?? '').split('?', 2);
    if (!path.endsWith('/') || path.startsWith('//')) return next();
    const target = path.replace(/\/+$/, '');
    response.writeHead(302, { location: query === undefined ? target : `${target}?${query}` });
    response.end();
  }
}
