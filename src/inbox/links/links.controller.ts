import { Inject } from '@nestjs/common';
import { linksIn } from '../../message/extract/links.js';
import { MessageReader } from '../messages/message-reader.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Post } from '../routing/route.js';
import { fieldsOf } from '../safety/fields.js';
import { type InboxRequest, parameterOf } from '../safety/http.js';
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
  async check(request: InboxRequest): Promise<CheckedLink> {
    const { url } = fieldsOf(request.body);
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    const link = linksIn(message).find((known) => known.url === url);
    if (!link) throw refusal(400, 'url: expected a link of this message.');
    return this.#check.check(link.url);
  }
}
