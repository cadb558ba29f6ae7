import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Transport } from '../../transport/transport.js';
import { deepFrozen, renderedMessage } from '../rendered-message.js';
import { type Checks, contractCases, type ContractCase } from './contract.js';

/** A transport and its next hop. */
export interface TransportUnderTest {
  readonly transport: Transport;
  /** Message-IDs that the next hop accepted, in order. */
  readonly taken: () => Promise<readonly string[]>;
  /** The bytes it accepted, for transports that hand bytes over. */
  readonly bytes?: () => Promise<readonly Buffer[]>;
  /** The recipients of each accepted mail, for next hops that know them. */
  readonly recipients?: () => Promise<ReadonlyArray<readonly string[]>>;
  /** Stops answering, for next hops that can; resolves `reached` when a send waits for an answer. */
  readonly stall?: () => { readonly reached: Promise<unknown> };
  readonly close: () => Promise<void>;
}

/** Sets up one transport with a next hop that accepts everything. */
export type TransportHarness = () => Promise<TransportUnderTest>;

const never = (): AbortSignal => new AbortController().signal;

/**
 * The promises of every transport, as cases for any test runner:
 * `for (const { title, run } of transportContract('mine', harness)) test(title, run)`. Each case gets a new transport.
 */
export function transportContract(name: string, harness: TransportHarness): readonly ContractCase[] {
  return contractCases(name, CHECKS, {
    setUp: harness,
    tearDown: async ({ transport, close }) => {
      await transport.close();
      await close();
    },
  });
}

const CHECKS: Checks<TransportUnderTest> = [
  ['has a name', async ({ transport }) => assert.match(transport.name, /^\S/)],
  [
    'captures or does not',
    async ({ transport }) => assert.equal(typeof (transport.captures ?? false), 'boolean'),
  ],
  ['resolves with a full receipt', fullReceipt],
  ['hands over to the envelope, not to the headers', envelopeDecides],
  ['reaches who is left of To and Cc', reachesThoseLeft],
  ['reaches those who are hidden, and nobody twice', reachesTheHidden],
  ['refuses aloud what it cannot say, before it sends', refusesAloud],
  ['leaves the message as it was', neverMutates],
  ['makes one attempt for one send', oneAttempt],
  ['sends the same bytes again', sameBytes],
  ['sends at the same time', concurrent],
  ['sends nothing when aborted beforehand', abortedBefore],
  ['passes a MailError on that a signal gives as its reason', reasonPassesThrough],
  ['says timeout when the signal timed out', timedOut],
  ['ends a send in flight when aborted', abortedDuring],
  ['leaves no listener on the signal', noListener],
  ['verifies without sending', verifies],
  ['does not verify when aborted or closed', verifyRefuses],
  ['closes twice', async ({ transport }) => void (await Promise.all([transport.close(), transport.close()]))],
  ['refuses to send once closed', closed],
];

async function fullReceipt({ transport, taken }: TransportUnderTest): Promise<void> {
  const receipt = await transport.send(simple(transport), { signal: never() });
  assert.equal(receipt.messageId, '<1@from.test>');
  assert.ok((transport.members ?? [transport.name]).includes(receipt.transport));
  assert.deepEqual([...receipt.accepted], ['ada@to.test']);
  assert.deepEqual([...receipt.rejected], []);
  assert.ok(receipt.durationMs >= 0);
  assert.deepEqual(await taken(), ['<1@from.test>']);
}

async function envelopeDecides({ transport }: TransportUnderTest): Promise<void> {
  const envelope = { from: 'bounce@from.test', to: ['hidden@to.test', 'other@to.test'] };
  const message = expressible(transport, renderedMessage({ envelope }));
  const { accepted } = await transport.send(message, { signal: never() });
  assert.deepEqual([...accepted], envelope.to);
}

const ADA = { address: 'ada@to.test', name: 'Ada Lovelace' };
const BEA = { address: 'bea@to.test' };
const CY = { address: 'cy@to.test' };

/** An envelope as a retry has it, after some recipients were accepted. */
async function reachesThoseLeft(subject: TransportUnderTest): Promise<void> {
  const envelope = { from: 'hello@from.test', to: ['bea@to.test', 'cy@to.test'] };
  await reaches(subject, renderedMessage({ to: [ADA, BEA], cc: [CY], envelope }));
  await reaches(subject, renderedMessage({ to: [ADA], cc: [BEA, CY], envelope }));
}

async function reachesTheHidden(subject: TransportUnderTest): Promise<void> {
  const envelope = { from: 'hello@from.test', to: ['ada@to.test', 'hidden@to.test', 'other@to.test'] };
  await reaches(subject, renderedMessage({ to: [ADA], cc: [ADA], envelope }));
  await reaches(subject, renderedMessage({ to: [], envelope }));
}

/** Sends, and checks which recipients the next hop got, in however many requests. */
async function reaches(
  { transport, recipients }: TransportUnderTest,
  message: RenderedMessage,
): Promise<void> {
  const before = (await recipients?.())?.length ?? 0;
  const { accepted } = await transport.send(message, { signal: never() });
  assert.deepEqual([...accepted].toSorted(), [...message.envelope.to].toSorted());
  if (!recipients) return;
  const told = (await recipients()).slice(before).flat();
  assert.deepEqual([...told].toSorted(), [...message.envelope.to].toSorted());
}

async function refusesAloud({ transport, taken }: TransportUnderTest): Promise<void> {
  const message = richMessage();
  if (inexpressible(transport, message) === undefined) return;
  const error = await failure(transport.send(message, { signal: never() }));
  assert.equal(error.code, 'unsupported');
  assert.equal(error.outcome, 'not-sent');
  assert.ok(error.at?.field);
  assert.deepEqual(await taken(), []);
}

/** The field of a message that a transport refuses. */
function inexpressible(transport: Transport, message: RenderedMessage): string | undefined {
  try {
    transport.check?.(message);
    return undefined;
  } catch (error) {
    if (!MailError.is(error) || error.code !== 'unsupported' || error.at?.field === undefined) throw error;
    return error.at.field;
  }
}

/** A small message that this transport can carry. */
const simple = (transport: Transport, parts?: Partial<RenderedMessage>): RenderedMessage =>
  expressible(transport, renderedMessage(parts));

/** Removes the fields that a transport cannot carry; each must be the one that the transport named. */
function expressible(transport: Transport, message: RenderedMessage): RenderedMessage {
  const field = inexpressible(transport, message);
  if (field === undefined) return message;
  const less = without(message, field);
  assert.notEqual(
    inexpressible(transport, less),
    field,
    `the message without ${field} is refused for ${field}`,
  );
  return expressible(transport, less);
}

function withoutSender({ sender: _sender, ...message }: RenderedMessage): RenderedMessage {
  return { ...message, envelope: { ...message.envelope, from: message.from.address } };
}

function withoutHeaders({ attachments }: RenderedMessage): RenderedMessage['attachments'] {
  return attachments.map((part) => ({ ...part, headers: {} }));
}

function without(message: RenderedMessage, field: string): RenderedMessage {
  const { dsn: _dsn, ...envelope } = message.envelope;
  const [name = ''] = field.split(/[.[]/);
  switch (name) {
    case 'envelope':
      return { ...message, envelope: { ...message.envelope, from: message.from.address } };
    case 'dsn':
      return { ...message, envelope };
    case 'alternatives':
    case 'icalEvent':
      return { ...message, alternatives: [] };
    case 'sender':
      return withoutSender(message);
    case 'attachments':
      return { ...message, attachments: field.endsWith('.headers') ? withoutHeaders(message) : [] };
    case 'headers':
      return { ...message, headers: {} };
    case 'tags':
      return { ...message, tags: [] };
    case 'metadata':
      return { ...message, metadata: {} };
    default:
      throw new Error(`the transport refuses ${field}, which this contract cannot do without`);
  }
}

/** A message that uses every field. */
function richMessage(): RenderedMessage {
  return renderedMessage({
    sender: { address: 'sender@from.test' },
    cc: [{ address: 'cc@to.test', name: 'Ç' }],
    replyTo: [{ address: 'reply@from.test' }],
    headers: { 'X-One': 'a', 'X-Two': ['b', 'c'] },
    envelope: {
      from: '',
      to: ['ada@to.test', 'cc@to.test'],
      dsn: { notify: ['failure'], return: 'headers', id: 'x' },
    },
    alternatives: [{ contentType: 'text/calendar; method=REQUEST', content: Buffer.from('BEGIN:VCALENDAR') }],
    attachments: [
      {
        filename: 'ä.txt',
        content: Buffer.from('ä'),
        contentType: 'text/plain',
        disposition: 'attachment',
        headers: { 'X-P': '1' },
      },
      { content: Buffer.from('gif'), contentType: 'image/gif', cid: 'c', disposition: 'inline', headers: {} },
    ],
    tags: ['t'],
    metadata: { k: 'v' },
  });
}

async function neverMutates({ transport }: TransportUnderTest): Promise<void> {
  const message = deepFrozen(expressible(transport, richMessage()));
  await transport.send(message, { signal: never() });
  assert.deepEqual(message, expressible(transport, richMessage()));
}

async function oneAttempt({ transport, taken }: TransportUnderTest): Promise<void> {
  await transport.send(simple(transport), { signal: never() });
  await transport.send(simple(transport, { messageId: '<2@from.test>' }), { signal: never() });
  assert.deepEqual(await taken(), ['<1@from.test>', '<2@from.test>']);
}

async function sameBytes({ transport, bytes }: TransportUnderTest): Promise<void> {
  const message = expressible(transport, richMessage());
  await transport.send(message, { signal: never() });
  await transport.send(message, { signal: never() });
  if (!bytes) return;
  const [first, second] = await bytes();
  assert.ok(first && second?.equals(first));
}

async function concurrent({ transport, taken }: TransportUnderTest): Promise<void> {
  const ids = Array.from({ length: 20 }, (_, index) => `<${String(index).padStart(2, '0')}@from.test>`);
  const receipts = await Promise.all(
    ids.map((messageId) => transport.send(simple(transport, { messageId }), { signal: never() })),
  );
  assert.deepEqual(
    receipts.map(({ messageId }) => messageId),
    ids,
  );
  assert.deepEqual([...(await taken())].toSorted(), ids);
}

async function abortedBefore({ transport, taken }: TransportUnderTest): Promise<void> {
  const error = await failure(transport.send(simple(transport), { signal: AbortSignal.abort() }));
  assert.equal(error.code, 'aborted');
  assert.equal(error.outcome, 'not-sent');
  assert.deepEqual(await taken(), []);
}

async function reasonPassesThrough({ transport }: TransportUnderTest): Promise<void> {
  const reason = new MailError('expired', 'too old');
  assert.equal(
    await failure(transport.send(simple(transport), { signal: AbortSignal.abort(reason) })),
    reason,
  );
}

async function timedOut({ transport }: TransportUnderTest): Promise<void> {
  const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
  assert.equal((await failure(transport.send(simple(transport), { signal }))).code, 'timeout');
}

async function abortedDuring({ transport, stall }: TransportUnderTest): Promise<void> {
  if (!stall) return;
  const { reached } = stall();
  const abort = new AbortController();
  const sending = failure(transport.send(simple(transport), { signal: abort.signal }));
  await reached;
  abort.abort();
  const { code, outcome } = await sending;
  assert.ok(outcome === 'unknown' ? code === 'ambiguous' : code === 'aborted');
}

async function noListener({ transport }: TransportUnderTest): Promise<void> {
  const { signal } = new AbortController();
  for (let count = 0; count < 3; count++) await transport.send(simple(transport), { signal });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
}

async function verifies({ transport, taken }: TransportUnderTest): Promise<void> {
  await transport.verify({ signal: never() });
  assert.deepEqual(await taken(), []);
}

async function verifyRefuses({ transport }: TransportUnderTest): Promise<void> {
  assert.equal((await failure(transport.verify({ signal: AbortSignal.abort() }))).code, 'aborted');
  await transport.close();
  assert.equal((await failure(transport.verify({ signal: never() }))).code, 'closed');
}

async function closed({ transport, taken }: TransportUnderTest): Promise<void> {
  await transport.close();
  assert.equal((await failure(transport.send(simple(transport), { signal: never() }))).code, 'closed');
  assert.deepEqual(await taken(), []);
}

async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error('expected a MailError', { cause: error });
  return error;
}
