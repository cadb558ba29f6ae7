import type { Receipt } from '../../message/receipt.js';
import { receipt } from '../api/receipt.js';
import { list, record, string } from '../api/schema.js';
import { fieldsOf, type InboxRequest, parameterOf } from '../http/request.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { MailroomView } from '../mailroom-view.js';
import { MessageReader } from '../messages/message-reader.js';
import { type InboxFeature, InboxController, Post } from '../routing/inbox-controller.js';
import { OperatorActions } from '../timeline/timeline.js';
import { MailRelease } from './mail-release.js';

@InboxController('api/messages')
export class ReleaseController {
  readonly #reader: MessageReader;
  readonly #release: MailRelease;
  readonly #actions: OperatorActions;

  constructor(reader: MessageReader, release: MailRelease, actions: OperatorActions) {
    this.#reader = reader;
    this.#release = release;
    this.#actions = actions;
  }

  @Post(':id/release', {
    summary:
      'Really sends it, to addresses that the option release.allow allows; `to` defaults to its own recipients',
    body: record({ 'to?': list(string()), 'mailer?': string() }),
    answer: receipt,
    refusals: [400, 404, 502],
  })
  async release(request: InboxRequest): Promise<Receipt> {
    const id = parameterOf(request, 'id');
    const { to, mailer } = fieldsOf(request);
    const { message } = await this.#reader.content(id);
    const released = await this.#release.release(message, to, mailer);
    await this.#actions.released(id, released);
    return released;
  }
}

export const RELEASE: InboxFeature = {
  controllers: [ReleaseController],
  providers: [
    {
      provide: MailRelease,
      inject: [INBOX_OPTIONS, MailroomView],
      useFactory: ({ release }: ResolvedInboxOptions, mailroom: MailroomView) =>
        new MailRelease({
          ...release,
          mailers: () => mailroom.mailers,
          captures: (name) => mailroom.captures(name),
        }),
    },
  ],
};
