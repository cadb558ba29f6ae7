import { ModuleRef } from '@nestjs/core';
import { type InboxRequest, pathOf } from '../http/request.js';
import { type InboxFeature, INBOX_CONTROLLERS, InboxController, Get } from '../routing/inbox-controller.js';
import { describeApi } from './description.js';

/** Serves the OpenAPI 3.1 description, for client generators. */
@InboxController('api/openapi.json')
export class OpenApiController {
  readonly #moduleRef: ModuleRef;

  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  @Get('', { summary: 'Returns this description', answer: 'application/json' })
  describe(request: InboxRequest): object {
    // Looked up late: this controller is one of them, so injection would be circular.
    const controllers = this.#moduleRef.get<readonly object[]>(INBOX_CONTROLLERS);
    return describeApi(controllers, pathOf(request).replace(/\/openapi\.json$/, ''));
  }
}

export const OPENAPI: InboxFeature = { controllers: [OpenApiController] };
