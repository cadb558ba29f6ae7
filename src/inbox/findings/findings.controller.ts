import { Get, Inject, Param } from '@nestjs/common';
import { MessageReader } from '../messages/message-reader.js';
import { InboxController } from '../safety/inbox-controller.js';
import { findingsOf, type MailFindings } from './mail-findings.js';

@InboxController('api/messages')
export class FindingsController {
  readonly #reader: MessageReader;

  constructor(@Inject(MessageReader) reader: MessageReader) {
    this.#reader = reader;
  }

  @Get(':id/findings')
  async findings(@Param('id') id: string): Promise<MailFindings> {
    const { message } = await this.#reader.content(id);
    return findingsOf(message);
  }
}
