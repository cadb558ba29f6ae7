import { type StatusView, statusView } from '../api/status.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { InboxStatus } from './inbox-status.js';

@InboxController('api/status')
export class StatusController {
  readonly #status: InboxStatus;

  constructor(status: InboxStatus) {
    this.#status = status;
  }

  @Get('', { summary: 'What this inbox is and can do', answer: statusView })
  status(): StatusView {
    return this.#status.view();
  }
}

export const STATUS: InboxFeature = { controllers: [StatusController], providers: [InboxStatus] };
