import { Get, Inject, Param, Query } from '@nestjs/common';
import { InboxController } from '../safety/inbox-controller.js';
import { type MessagePage, MessageReader } from './message-reader.js';
import { numberOf, type Parameters, parseQuery, textOf } from './message-query.js';
import type { MessageView } from './message-view.js';

const LIMIT = 50;
const MOST = 100;

@InboxController('api/messages')
export class MessagesController {
  readonly #reader: MessageReader;

  constructor(@Inject(MessageReader) reader: MessageReader) {
    this.#reader = reader;
  }

  @Get()
  list(@Query() parameters: Parameters): Promise<MessagePage> {
    const limit = numberOf(parameters, 'limit', LIMIT, MOST);
    return this.#reader.page(parseQuery(parameters), limit, textOf(parameters, 'before'));
  }

  @Get(':id')
  one(@Param('id') id: string): Promise<MessageView> {
    return this.#reader.view(id);
  }
}
