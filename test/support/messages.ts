import type { RenderedMessage } from '../../src/message/message.js';

/** A rendered message, with what a test wants to be otherwise. */
export function renderedMessage(fields: Partial<RenderedMessage> = {}): RenderedMessage {
  return {
    messageId: '<m1@example.test>',
    date: new Date('2026-01-02T03:04:05Z'),
    envelope: { from: 'app@example.test', to: ['ada@example.test'] },
    from: { address: 'app@example.test', name: 'App' },
    to: [{ address: 'ada@example.test', name: 'Ada' }],
    cc: [],
    replyTo: [],
    subject: 'Hello',
    text: 'Hello Ada\n',
    attachments: [],
    alternatives: [],
    headers: {},
    mailer: 'default',
    tags: [],
    metadata: {},
    ...fields,
  };
}
