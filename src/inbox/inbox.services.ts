import type { Provider, Type } from '@nestjs/common';
import { FindingsController } from './findings/findings.controller.js';
import { LinkCheck } from './links/link-check.js';
import { LinksController } from './links/links.controller.js';
import { QueueController } from './queue/queue.controller.js';

/** What the inbox does beside showing mails. Every one is made by `InboxController`. */
export const SERVICE_CONTROLLERS: readonly Type[] = [FindingsController, LinksController, QueueController];

export const SERVICE_PROVIDERS: readonly Provider[] = [
  { provide: LinkCheck, useFactory: () => new LinkCheck() },
];
