import { Inject } from '@nestjs/common';
import type { Receipt } from '../../message/receipt.js';
import { MessageReader } from '../messages/message-reader.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Post } from '../routing/route.js';
import { fieldsOf } from '../safety/fields.js';
import { type InboxRequest, parameterOf } from '../safety/http.js';
import { MailStore } from '../store/mail-store.js';
import { MailRelease } from './mail-release.js';

@InboxController('api/messages')
export class ReleaseController {
  readonly #reader: MessageReader;
  readonly #store: MailStore;
  readonly #release: MailRelease;

  constructor(
    @Inject(MessageReader) reader: MessageReader,
    @Inject(MailStore) store: MailStore,
    @Inject(MailRelease) release: MailRelease,
  ) {
    this.#reader = reader;
    this.#store = store;
    this.#release = release;
  }

  @Post(':id/release')
  async release(request: InboxRequest): Promise<Receipt> {
    const id = parameterOf(request, 'id');
    const { to, mailer } = fieldsOf(request.body);
    const { message } = await this.#reader.content(id);
    const receipt = await this.#release.release(message, to, mailer);
    await this.#note(id, receipt);
    return receipt;
  }

  async #note(id: string, { transport, accepted, response }: Receipt): Promise<void> {
    const text = `Released over ${transport} to ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
    const entry = { at: new Date().toISOString(), kind: 'released', text } as const;
    await this.#store.change(
      () => this.#store.get(id),
      (mail) => ({ ...mail, timeline: [...mail.timeline, entry] }),
    );
  }
}
