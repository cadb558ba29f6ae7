import { Get, Inject } from '@nestjs/common';
import { InboxController } from '../safety/inbox-controller.js';
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
