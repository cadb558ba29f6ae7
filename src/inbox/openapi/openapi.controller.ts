import { ModuleRef } from '@nestjs/core';
import { type InboxRequest, pathOf } from '../http/request.js';
import { type InboxFeature, INBOX_CONTROLLERS } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { describeApi } from './description.js';

/** Serves the OpenAPI 3.1 description, for clients and their generators. */
@InboxController('api/openapi.json')
export class OpenApiController {
  readonly #moduleRef: ModuleRef;

  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  @Get('', { summary: 'This description', answer: 'application/json' })
  describe(request: InboxRequest): object {
    // Asked for now: it is one of them.
    const controllers = this.#moduleRef.get<readonly object[]>(INBOX_CONTROLLERS);
    return describeApi(controllers, pathOf(request).replace(/\/openapi\.json$/, ''));
  }
}

export const OPENAPI: InboxFeature = { controllers: [OpenApiController] };
