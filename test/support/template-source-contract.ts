import assert from 'node:assert/strict';
import type {
  SourcedTemplate,
  TemplateQuery,
  TemplateSource,
} from '../../src/render/source/template-source.js';
import { type Checks, contractCases, type ContractCase } from '../../src/testing/contract/contract.js';

/** The templates that a test puts into a source. */
export interface StoredText {
  readonly source?: string;
  readonly text?: string;
}

/** A source with the store behind it. */
export interface SourceUnderTest {
  readonly source: TemplateSource;
  /** Stores a template, in place of the one there. The base template has no locale. */
  readonly put: (name: string, locale: string | undefined, text: StoredText) => Promise<void>;
  readonly remove: (name: string, locale: string | undefined) => Promise<void>;
  readonly close: () => Promise<void>;
}

export type SourceHarness = () => Promise<SourceUnderTest>;

/** The promises of every template source, as cases for any test runner: `for (const { title, run } of templateSourceContract(…)) test(title, run)`. */
export function templateSourceContract(name: string, harness: SourceHarness): readonly ContractCase[] {
  return contractCases(name, CHECKS, {
    setUp: harness,
    tearDown: ({ close }) => close(),
  });
}

const CHECKS: Checks<SourceUnderTest> = [
  ['has a name', async ({ source }) => assert.match(source.name, /^\S/)],
  ['has nothing under a name nobody stored', nothing],
  ['finds what was stored, character by character', exact],
  ['answers for one language only', oneLanguage],
  ['keeps names apart, with and without folders', names],
  ['gives the same version until the template changes', stableVersion],
  ['gives another version when the source changes, or the text', newVersion],
  ['answers a known version with that version', knownVersion],
  ['answers an outdated version with the template', outdatedVersion],
  ['has nothing once the template was removed', removed],
  ['answers at the same time', concurrent],
  ['settles when aborted beforehand', aborted],
  ['knows no name of JavaScript’s own', builtInNames],
];

function find(
  { source }: SourceUnderTest,
  query: TemplateQuery,
  signal = new AbortController().signal,
): Promise<SourcedTemplate | null | undefined> {
  return Promise.resolve(source.find(query, { signal }));
}

async function found(subject: SourceUnderTest, query: TemplateQuery): Promise<SourcedTemplate> {
  const answer = await find(subject, query);
  assert.ok(answer, `nothing found for ${JSON.stringify(query)}`);
  assert.match(answer.version, /^[^\p{C}]{1,200}$/u);
  return answer;
}

async function nothing(subject: SourceUnderTest): Promise<void> {
  assert.equal((await find(subject, { name: 'nothing' })) ?? undefined, undefined);
  assert.equal((await find(subject, { name: 'nothing', locale: 'fr' })) ?? undefined, undefined);
}

async function exact(subject: SourceUnderTest): Promise<void> {
  const source = '---\r\nsubject: Žluťoučký {{name}} 💌\n---\n\t<p>{{name}}</p>\r\n\n';
  await subject.put('welcome', undefined, { source, text: 'Hi {{name}}\n' });
  const answer = await found(subject, { name: 'welcome' });
  assert.equal(answer.source, source);
  assert.equal(answer.text, 'Hi {{name}}\n');
}

async function oneLanguage(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'base' });
  await subject.put('welcome', 'fr', { source: 'français' });
  assert.equal((await found(subject, { name: 'welcome' })).source, 'base');
  assert.equal((await found(subject, { name: 'welcome', locale: 'fr' })).source, 'français');
  assert.equal((await find(subject, { name: 'welcome', locale: 'fr-CA' })) ?? undefined, undefined);
}

async function names(subject: SourceUnderTest): Promise<void> {
  await subject.put('billing/invoice', undefined, { source: 'a' });
  await subject.put('invoice', undefined, { source: 'b' });
  assert.equal((await found(subject, { name: 'billing/invoice' })).source, 'a');
  assert.equal((await found(subject, { name: 'invoice' })).source, 'b');
  assert.equal((await find(subject, { name: 'billing' })) ?? undefined, undefined);
}

async function versionOf(subject: SourceUnderTest): Promise<string> {
  return (await found(subject, { name: 'welcome' })).version;
}

async function stableVersion(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'a' });
  const version = await versionOf(subject);
  await subject.put('other', undefined, { source: 'b' });
  assert.equal(await versionOf(subject), version);
}

async function newVersion(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'a', text: 'x' });
  const first = await versionOf(subject);
  await subject.put('welcome', undefined, { source: 'b', text: 'x' });
  const second = await versionOf(subject);
  await subject.put('welcome', undefined, { source: 'b', text: 'y' });
  assert.equal(new Set([first, second, await versionOf(subject)]).size, 3);
}

async function knownVersion(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'a' });
  const known = await versionOf(subject);
  assert.equal((await found(subject, { name: 'welcome', known })).version, known);
}

async function outdatedVersion(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'a' });
  const known = await versionOf(subject);
  await subject.put('welcome', undefined, { source: 'b' });
  const answer = await found(subject, { name: 'welcome', known });
  assert.equal(answer.source, 'b');
  assert.notEqual(answer.version, known);
}

async function removed(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'a' });
  const known = await versionOf(subject);
  await subject.remove('welcome', undefined);
  assert.equal((await find(subject, { name: 'welcome', known })) ?? undefined, undefined);
}

async function concurrent(subject: SourceUnderTest): Promise<void> {
  const all = ['a', 'b', 'c', 'd', 'e'];
  for (const name of all) await subject.put(name, undefined, { source: `of ${name}` });
  const answers = await Promise.all(all.map((name) => found(subject, { name })));
  assert.deepEqual(
    answers.map(({ source }) => source),
    all.map((name) => `of ${name}`),
  );
}

async function aborted(subject: SourceUnderTest): Promise<void> {
  await subject.put('welcome', undefined, { source: 'a' });
  const settled = await Promise.allSettled([find(subject, { name: 'welcome' }, AbortSignal.abort())]);
  assert.equal(settled.length, 1);
}

async function builtInNames(subject: SourceUnderTest): Promise<void> {
  for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
    assert.equal((await find(subject, { name })) ?? undefined, undefined);
  }
}
