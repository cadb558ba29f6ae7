import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { linksIn } from '../../message/found/links.js';
import { MessageReader } from '../messages/message-reader.js';
import { fieldsOf } from '../safety/fields.js';
import { InboxController } from '../safety/inbox-controller.js';
import { refusal } from '../safety/refusal.js';
import { type CheckedLink, LinkCheck } from './link-check.js';

@InboxController('api/messages')
export class LinksController {
  readonly #reader: MessageReader;
  readonly #check: LinkCheck;

  constructor(@Inject(MessageReader) reader: MessageReader, @Inject(LinkCheck) check: LinkCheck) {
    this.#reader = reader;
    this.#check = check;
  }

  /** Only of links the mail has: nobody checks others through the inbox. */
  @Post(':id/links/check')
  @HttpCode(200)
  async check(@Param('id') id: string, @Body() body: unknown): Promise<CheckedLink> {
    const { url } = fieldsOf(body);
    const { message } = await this.#reader.content(id);
    const link = linksIn(message).find((known) => known.url === url);
    if (!link) throw refusal(400, 'url: expected a link of this message.');
    return this.#check.check(link.url);
  }
}
