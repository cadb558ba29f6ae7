import assert from 'node:assert/strict';
import { MailError } from '../../src/errors/mail-error.js';
import type { RenderedBody, Renderer, RenderRequest } from '../../src/render/renderer.js';
import { deepFrozen } from './rendered-message.js';
import { type Checks, contractCases, type ContractCase } from '../../src/testing/contract/contract.js';

/** A renderer with a template that prints the context's `name` in subject, html and text. */
export interface RendererUnderTest {
  readonly renderer: Renderer;
  readonly template: string;
  /** A context without which it cannot be rendered: `name` and whatever else it reads. */
  readonly context: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly close: () => Promise<void>;
}

export type RendererHarness = () => Promise<RendererUnderTest>;

/** The promises of every renderer, as cases for any test runner: `for (const { title, run } of rendererContract(…)) test(title, run)`. */
export function rendererContract(name: string, harness: RendererHarness): readonly ContractCase[] {
  return contractCases(name, CHECKS, {
    setUp: async () => {
      const subject = await harness();
      await subject.renderer.load();
      return subject;
    },
    tearDown: async ({ renderer, close }) => {
      await renderer.close();
      await close();
    },
  });
}

const CHECKS: Checks<RendererUnderTest> = [
  ['makes subject, html and text', wholeBody],
  ['escapes values in html, and nowhere else', escapes],
  ['renders the same again, and leaves the context as it was', repeatable],
  ['keeps mails rendered at the same time apart', concurrent],
  ['names its templates, sorted', names],
  ['has no template of an unknown name', unknownName],
  ['has no template of a name of JavaScript’s own, or of a path', foreignNames],
  ['fails without a value it prints, and says which', missingValue],
  ['closes twice', async ({ renderer }) => void (await Promise.all([renderer.close(), renderer.close()]))],
];

function render(
  { renderer, template, context }: RendererUnderTest,
  changed: Partial<RenderRequest> = {},
): Promise<RenderedBody> {
  return renderer.render({ template, context, timeZone: 'UTC', ...changed });
}

async function failure(rendering: Promise<unknown>): Promise<MailError> {
  const error: unknown = await rendering.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(MailError.is(error), `expected a MailError, got ${String(error)}`);
  return error;
}

async function wholeBody(subject: RendererUnderTest): Promise<void> {
  const body = await render(subject);
  for (const part of [body.subject, body.html, body.text]) assert.ok(part?.includes(subject.context.name));
  assert.doesNotMatch(body.subject ?? '', /[\r\n]/);
}

async function escapes(subject: RendererUnderTest): Promise<void> {
  const name = '<b>"A" & \'B\'</b>';
  const body = await render(subject, { context: { ...subject.context, name } });
  assert.ok(body.subject?.includes(name));
  assert.ok(body.text?.includes(name));
  assert.doesNotMatch(body.html ?? '', /<b>"A"/);
}

async function repeatable(subject: RendererUnderTest): Promise<void> {
  const context = deepFrozen({ ...subject.context });
  assert.deepEqual(await render(subject, { context }), await render(subject, { context }));
}

async function concurrent(subject: RendererUnderTest): Promise<void> {
  const all = Array.from({ length: 20 }, (_, index) => `Ada-${index}-`);
  const bodies = await Promise.all(
    all.map((name) => render(subject, { context: { ...subject.context, name } })),
  );
  for (const [index, body] of bodies.entries()) assert.ok(body.html?.includes(all[index] ?? 'nobody'));
}

async function names({ renderer, template }: RendererUnderTest): Promise<void> {
  const known = renderer.names();
  assert.ok(known.includes(template));
  assert.deepEqual([...known], known.toSorted());
}

async function unknownName(subject: RendererUnderTest): Promise<void> {
  const error = await failure(render(subject, { template: 'nothing' }));
  assert.equal(error.code, 'template-not-found');
  assert.equal(error.at?.template, 'nothing');
}

async function foreignNames(subject: RendererUnderTest): Promise<void> {
  for (const template of ['', 'constructor', '__proto__', `../${subject.template}`, '/etc/passwd']) {
    assert.equal((await failure(render(subject, { template }))).code, 'template-not-found');
  }
}

async function missingValue(subject: RendererUnderTest): Promise<void> {
  const { name: _, ...context } = subject.context;
  const error = await failure(render(subject, { context }));
  assert.equal(error.code, 'context-invalid');
  assert.match(error.message, /\bname\b/);
}
