import { Inject } from '@nestjs/common';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { InboxStatus, type StatusView } from './inbox-status.js';

@InboxController('api/status')
export class StatusController {
  readonly #status: InboxStatus;

  constructor(@Inject(InboxStatus) status: InboxStatus) {
    this.#status = status;
  }

  @Get()
  status(): StatusView {
    return this.#status.view();
  }
}
