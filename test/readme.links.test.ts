import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { documentText, MANUAL } from './support/documents.js';
import { anchors, links } from './support/markdown.js';

const ROOT = join(__dirname, '..');
const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ...MANUAL,
  ...['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((path): [string, string] => [
    path,
    documentText(path),
  ]),
]);

const isElsewhere = (target: string): boolean => /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(target);

/** The file and the anchor that a link of a document leads to. */
function destination(from: string, target: string): { readonly path: string; readonly anchor: string } {
  const [file = '', anchor = ''] = target.split('#').map(decodeURIComponent);
  return { path: file === '' ? from : posix.join(posix.dirname(from), file), anchor };
}

/** Why a link leads nowhere; undefined when it does not. */
function linkFault(from: string, target: string): string | undefined {
  if (isElsewhere(target)) return undefined;
  const { path, anchor } = destination(from, target);
  if (path.startsWith('..') || posix.isAbsolute(path)) return `${target} leaves the repository`;
  if (!existsSync(join(ROOT, path))) return `${target}: there is no ${path}`;
  if (anchor === '') return undefined;
  if (!path.endsWith('.md')) return `${target}: ${path} has no headings`;
  return anchors(documentText(path)).has(anchor) ? undefined : `${target}: no such heading in ${path}`;
}

function linkFaults(name: string, markdown: string): readonly string[] {
  return links(markdown).flatMap(({ target, line }) => {
    const fault = linkFault(name, target);
    return fault === undefined ? [] : [`${name}:${line}: ${fault}`];
  });
}

/** Files of the repository that a document leads to. */
function filesLinkedFrom(name: string, markdown: string): readonly string[] {
  const targets = links(markdown).map(({ target }) => target);
  return targets.filter((target) => !isElsewhere(target)).map((target) => destination(name, target).path);
}

/** Paths in the package as it would be published now, what is built aside. */
async function packedFiles(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: ROOT,
  });
  return [...stdout.matchAll(/"path": "([^"]+)"/g)].map(([, path = '']) => path);
}

test.each([...DOCUMENTS])('every link of %s leads to a file, and to a heading of it', (name, markdown) => {
  expect(linkFaults(name, markdown)).toEqual([]);
});

test('the README leads to every chapter', () => {
  const chapters = [...MANUAL.keys()].filter((path) => path !== 'README.md');
  expect(chapters.length).toBeGreaterThan(5);
  expect(filesLinkedFrom('README.md', documentText('README.md'))).toEqual(expect.arrayContaining(chapters));
});

// Where the package is read, the repository is not at hand: its own files are all there is.
test('the package has every chapter, and every file and picture they lead to; no other picture', async () => {
  const packed = await packedFiles();
  const linked = [...DOCUMENTS].flatMap(([name, markdown]) => filesLinkedFrom(name, markdown));
  const isPicture = (path: string): boolean => path.endsWith('.png');

  expect(packed).toEqual(expect.arrayContaining([...DOCUMENTS.keys()]));
  expect(packed).toEqual(expect.arrayContaining(linked));
  expect(packed.filter(isPicture).toSorted()).toEqual([...new Set(linked.filter(isPicture))].toSorted());
});

describe('a link that leads nowhere is found out', () => {
  test.each([
    ['[x](docs/gone.md)', 'x.md:1: docs/gone.md: there is no docs/gone.md'],
    ['![x](docs/gone.png "title")', 'x.md:1: docs/gone.png: there is no docs/gone.png'],
    ['\n\n<img src="gone.png" alt="">', 'x.md:3: gone.png: there is no gone.png'],
    ['[x][y]\n\n[y]: gone.md', 'x.md:3: gone.md: there is no gone.md'],
    ['[x](README.md#gone)', 'x.md:1: README.md#gone: no such heading in README.md'],
    ['[x](package.json#name)', 'x.md:1: package.json#name: package.json has no headings'],
    ['[x](../elsewhere.md)', 'x.md:1: ../elsewhere.md leaves the repository'],
    ['```sh\n[x](gone.md)\n```\n\n`](gone.md)` [x](gone.md)', 'x.md:5: gone.md: there is no gone.md'],
  ])('%j', (markdown, fault) => {
    expect(linkFaults('x.md', markdown)).toEqual([fault]);
  });

  test('a link is read from the folder of its document', () => {
    expect(linkFaults('docs/x.md', '[x](failures.md) [y](../README.md#speed)')).toEqual([]);
    expect(linkFaults('docs/x.md', '[x](docs/failures.md)')).toHaveLength(1);
  });

  test('what is elsewhere is left alone', () => {
    expect(linkFaults('x.md', '[x](https://example.test/a.md#b) <http://localhost:3000/mail>')).toEqual([]);
  });
});

test('headings have the anchors that GitHub gives them', () => {
  const markdown =
    '# A `b` & C_d: e\n\n## Twice\n\n## Twice\n\n## On several machines: BullMQ\n\n```sh\n# none\n```\n';
  expect([...anchors(markdown)]).toEqual(['a-b--c_d-e', 'twice', 'twice-1', 'on-several-machines-bullmq']);
});
