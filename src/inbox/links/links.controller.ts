import { linksIn } from '../../message/extract/links.js';
import { type CheckedLink, checkedLink } from '../api/checks.js';
import { record, string } from '../api/schema.js';
import { refusal } from '../http/reply.js';
import { fieldsOf, type InboxRequest, parameterOf } from '../http/request.js';
import { MessageReader } from '../messages/message-reader.js';
import { type InboxFeature, InboxController, Post } from '../routing/inbox-controller.js';
import { LinkCheck } from './link-check.js';

@InboxController('api/messages')
export class LinksController {
  readonly #reader: MessageReader;
  readonly #check: LinkCheck;

  constructor(reader: MessageReader, check: LinkCheck) {
    this.#reader = reader;
    this.#check = check;
  }

  /** Follows only links of the mail, so that nobody can use the inbox to reach other URLs. */
  @Post(':id/links/check', {
    summary: 'Follows one of its links, within the public internet only',
    body: record({ url: string() }),
    answer: checkedLink,
    refusals: [400, 404],
  })
  async check(request: InboxRequest): Promise<CheckedLink> {
    const { url } = fieldsOf(request);
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    const link = linksIn(message).find((known) => known.url === url);
    if (!link) throw refusal(400, 'url: expected a link of this message.');
    return this.#check.check(link.url);
  }
}

export const LINKS: InboxFeature = {
  controllers: [LinksController],
  providers: [{ provide: LinkCheck, useFactory: () => new LinkCheck() }],
};
