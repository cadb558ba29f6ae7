import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { type InboxRequest, pathOf } from '../safety/http.js';
import { ENDPOINTS } from './endpoints.js';
import { operationOf } from './operation.js';
import { SCHEMAS } from './schemas.js';
import { SERVICE_ENDPOINTS } from './service-endpoints.js';
import { SERVICE_SCHEMAS } from './service-schemas.js';

/** Describes the API to whoever writes a client, or has one made (OpenAPI 3.1). */
@InboxController('api/openapi.json')
export class OpenApiController {
  @Get()
  describe(request: InboxRequest): object {
    return {
      openapi: '3.1.0',
      info: { title: 'Mail inbox', version: '1', description: DESCRIPTION },
      servers: [{ url: pathOf(request).replace(/\/openapi\.json$/, '') }],
      paths: PATHS,
      components: { schemas: { ...SCHEMAS, ...SERVICE_SCHEMAS } },
    };
  }
}

const DESCRIPTION =
  'Mails an application sent, for its tests in any language. Send tests of their own with the header X-Test-Run on each mail, and ask with ?run= for those alone. Whatever changes something needs the header x-mail-inbox: 1.';

const PATHS = pathsOf();

function pathsOf(): Readonly<Record<string, object>> {
  const paths = new Map<string, object>();
  for (const endpoint of [...ENDPOINTS, ...SERVICE_ENDPOINTS]) {
    paths.set(endpoint.path, { ...paths.get(endpoint.path), [endpoint.method]: operationOf(endpoint) });
  }
  return Object.fromEntries(paths);
}
