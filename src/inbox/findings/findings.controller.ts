import { Inject } from '@nestjs/common';
import { MessageReader } from '../messages/message-reader.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { type InboxRequest, parameterOf } from '../safety/http.js';
import { findingsOf, type MailFindings } from './mail-findings.js';

@InboxController('api/messages')
export class FindingsController {
  readonly #reader: MessageReader;

  constructor(@Inject(MessageReader) reader: MessageReader) {
    this.#reader = reader;
  }

  @Get(':id/findings')
  async findings(request: InboxRequest): Promise<MailFindings> {
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    return findingsOf(message);
  }
}
