import type { RenderedMessage } from '../src/message/message.js';
import { renderedReceipt } from './receipt.js';

/** The receipt, ready to be composed. */
export async function renderedMessage(): Promise<RenderedMessage> {
  return {
    ...(await renderedReceipt(1)),
    messageId: '<1@example.test>',
    date: new Date(0),
    envelope: { from: 'shop@example.test', to: ['ada1@example.test'] },
    from: { address: 'shop@example.test', name: 'Harbour Supplies' },
    to: [{ address: 'ada1@example.test', name: 'Ada Lovelace' }],
    cc: [],
    replyTo: [],
    attachments: [],
    alternatives: [],
    headers: {},
    mailer: 'default',
    tags: [],
    metadata: {},
  };
}
