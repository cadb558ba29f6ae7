import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { MailError } from '../../mail.errors.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Transport } from '../../transport/transport.js';
import { deepFrozen, renderedMessage } from '../rendered-message.js';
import { type Checks, contractCases, type ContractCase } from './contract.js';

/** A transport with the next hop it talks to. */
export interface TransportUnderTest {
  readonly transport: Transport;
  /** Message-IDs the next hop has taken, in the order it did. */
  readonly taken: () => Promise<readonly string[]>;
  /** The bytes it has taken, for transports that hand bytes over. */
  readonly bytes?: () => Promise<readonly Buffer[]>;
  /** Stops answering from now on, for next hops that can; resolves `reached` when a send waits for one. */
  readonly stall?: () => { readonly reached: Promise<unknown> };
  readonly close: () => Promise<void>;
}

/** Sets up one transport with a next hop that accepts everything. */
export type TransportHarness = () => Promise<TransportUnderTest>;

const never = (): AbortSignal => new AbortController().signal;

/**
 * What every transport promises, as cases for any test runner:
 * `for (const { title, run } of transportContract('mine', harness)) test(title, run)`. A transport is anew for each.
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
  ['resolves with a full receipt', fullReceipt],
  ['hands over to the envelope, not to the headers', envelopeDecides],
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
  const receipt = await transport.send(renderedMessage(), { signal: never() });
  assert.equal(receipt.messageId, '<1@from.test>');
  assert.equal(receipt.transport, transport.name);
  assert.deepEqual([...receipt.accepted], ['ada@to.test']);
  assert.deepEqual([...receipt.rejected], []);
  assert.ok(receipt.durationMs >= 0);
  assert.deepEqual(await taken(), ['<1@from.test>']);
}

async function envelopeDecides({ transport }: TransportUnderTest): Promise<void> {
  const envelope = { from: 'bounce@from.test', to: ['hidden@to.test', 'other@to.test'] };
  const { accepted } = await transport.send(renderedMessage({ envelope }), { signal: never() });
  assert.deepEqual([...accepted], envelope.to);
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
  const message = deepFrozen(richMessage());
  await transport.send(message, { signal: never() });
  assert.deepEqual(message, richMessage());
}

async function oneAttempt({ transport, taken }: TransportUnderTest): Promise<void> {
  await transport.send(renderedMessage(), { signal: never() });
  await transport.send(renderedMessage({ messageId: '<2@from.test>' }), { signal: never() });
  assert.deepEqual(await taken(), ['<1@from.test>', '<2@from.test>']);
}

async function sameBytes({ transport, bytes }: TransportUnderTest): Promise<void> {
  await transport.send(richMessage(), { signal: never() });
  await transport.send(richMessage(), { signal: never() });
  if (!bytes) return;
  const [first, second] = await bytes();
  assert.ok(first && second?.equals(first));
}

async function concurrent({ transport, taken }: TransportUnderTest): Promise<void> {
  const ids = Array.from({ length: 20 }, (_, index) => `<${String(index).padStart(2, '0')}@from.test>`);
  const receipts = await Promise.all(
    ids.map((messageId) => transport.send(renderedMessage({ messageId }), { signal: never() })),
  );
  assert.deepEqual(
    receipts.map(({ messageId }) => messageId),
    ids,
  );
  assert.deepEqual([...(await taken())].toSorted(), ids);
}

async function abortedBefore({ transport, taken }: TransportUnderTest): Promise<void> {
  const error = await failure(transport.send(renderedMessage(), { signal: AbortSignal.abort() }));
  assert.equal(error.code, 'aborted');
  assert.equal(error.outcome, 'not-sent');
  assert.deepEqual(await taken(), []);
}

async function reasonPassesThrough({ transport }: TransportUnderTest): Promise<void> {
  const reason = new MailError('expired', 'too old');
  assert.equal(
    await failure(transport.send(renderedMessage(), { signal: AbortSignal.abort(reason) })),
    reason,
  );
}

async function timedOut({ transport }: TransportUnderTest): Promise<void> {
  const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
  assert.equal((await failure(transport.send(renderedMessage(), { signal }))).code, 'timeout');
}

async function abortedDuring({ transport, stall }: TransportUnderTest): Promise<void> {
  if (!stall) return;
  const { reached } = stall();
  const abort = new AbortController();
  const sending = failure(transport.send(renderedMessage(), { signal: abort.signal }));
  await reached;
  abort.abort();
  const { code, outcome } = await sending;
  assert.ok(outcome === 'unknown' ? code === 'ambiguous' : code === 'aborted');
}

async function noListener({ transport }: TransportUnderTest): Promise<void> {
  const { signal } = new AbortController();
  for (let count = 0; count < 3; count++) await transport.send(renderedMessage(), { signal });
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
  assert.equal((await failure(transport.send(renderedMessage(), { signal: never() }))).code, 'closed');
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
