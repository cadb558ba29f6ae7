import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';

/** `/mail/` is `/mail`, also where the platform takes them for two: Fastify does, unless told otherwise. */
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
