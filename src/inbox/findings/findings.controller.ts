import { type MailFindings, mailFindings } from '../api/checks.js';
import { type InboxRequest, parameterOf } from '../http/request.js';
import { MessageReader } from '../messages/message-reader.js';
import { type InboxFeature, InboxController, Get } from '../routing/inbox-controller.js';
import { findingsOf } from './mail-findings.js';

@InboxController('api/messages')
export class FindingsController {
  readonly #reader: MessageReader;

  constructor(reader: MessageReader) {
    this.#reader = reader;
  }

  @Get(':id/findings', {
    summary: 'Finds problems that readers or their mail programs will have with a mail',
    answer: mailFindings,
    refusals: [404],
  })
  async findings(request: InboxRequest): Promise<MailFindings> {
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    return findingsOf(message);
  }
}

export const FINDINGS: InboxFeature = { controllers: [FindingsController] };
