import type { RenderedMessage } from '../message/message.js';

/** A small rendered message for tests of transports and interceptors; `parts` replaces its fields. */
export function renderedMessage(parts: Partial<RenderedMessage> = {}): RenderedMessage {
  return {
    messageId: '<1@from.test>',
    date: new Date('2026-01-02T03:04:05Z'),
    envelope: { from: 'bounce@from.test', to: ['ada@to.test'] },
    from: { address: 'hello@from.test', name: 'Hello' },
    to: [{ address: 'ada@to.test', name: 'Ada Lovelace' }],
    cc: [],
    replyTo: [],
    attachments: [],
    alternatives: [],
    headers: {},
    mailer: 'default',
    tags: [],
    metadata: {},
    subject: 'Welcome',
    text: 'Hello Ada',
    html: '<p>Hello Ada</p>',
    ...parts,
  };
}

/** Freezes deeply, so that a write throws. Buffers cannot be frozen. */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
