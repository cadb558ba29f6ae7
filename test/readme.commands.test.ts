import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './cli/run-cli.js';
import { documentText, MANUAL } from './support/documents.js';
import { codeBlocks } from './support/markdown.js';

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const MANIFEST: Manifest = JSON.parse(documentText('package.json'));
/** Packages that the manual may name: ours, those it works with, and those of the examples. */
const PACKAGES: ReadonlySet<string> = new Set([
  MANIFEST.name,
  ...Object.keys(MANIFEST.peerDependencies),
  ...Object.keys(MANIFEST.devDependencies),
]);

/** Commands of a document, those within its sentences too; without comments and variables before them. */
function commandsIn(markdown: string): readonly string[] {
  const blocks = codeBlocks(markdown).filter(({ language }) => language === 'sh');
  const inline = [...markdown.matchAll(/`((?:[A-Z_]+=\S+ )*(?:npm|npx) [^`\n]+)`/g)].map(
    ([, text = '']) => text,
  );
  return [...blocks.flatMap(({ code }) => code.split('\n')), ...inline]
    .map((line) => line.replace(/\s+#.*$/, ''))
    .flatMap((line) => line.split(' && '))
    .map((command) => command.replace(/^(?:[A-Z_]+=\S+ )*/, '').trim())
    .filter((command) => command !== '');
}

/** The fault of a command; undefined without one. */
async function commandFault(command: string): Promise<string | undefined> {
  const [program, ...args] = command.split(' ');
  if (program === 'npm') return npmFault(args);
  if (program === 'npx' && args[0] === 'nest-mailroom') return mailroomFault(args.slice(1));
  if (program === 'curl') return curlFault(command);
  return `unknown: ${command}`;
}

function npmFault([action = '', ...rest]: readonly string[]): string | undefined {
  if (action === 'ci') return undefined;
  if (action === 'i') {
    const unknown = rest.map((name) => name.replace(/(?<=.)@.*$/, '')).filter((name) => !PACKAGES.has(name));
    return unknown.length === 0 ? undefined : `no package of ours: ${unknown.join(', ')}`;
  }
  const script = action === 'run' ? (rest[0] ?? '') : action;
  return Object.hasOwn(MANIFEST.scripts, script) ? undefined : `no script "${script}"`;
}

/** Runs it in an empty folder: what it lacks there is no fault of the manual, what it does not know is. */
async function mailroomFault(args: readonly string[]): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mailroom-manual-'));
  try {
    const { err } = await runCli(folder, ...args);
    return err.includes('Usage:') ? err : undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Its address is of the example, and what it sends is JSON. */
function curlFault(command: string): string | undefined {
  const [, body] = /-d '([^']*)'/.exec(command) ?? [];
  if (body !== undefined) JSON.parse(body);
  return /(?<=[\s'])localhost:3000\//.test(command) ? undefined : `not to the example: ${command}`;
}

async function faultsIn(markdown: string): Promise<readonly string[]> {
  const faults = await Promise.all(commandsIn(markdown).map(commandFault));
  return faults.filter((fault) => fault !== undefined);
}

test.each([...MANUAL])('the commands of %s are known, with their arguments', async (_name, markdown) => {
  expect(await faultsIn(markdown)).toEqual([]);
});

test('the manual has commands to check', () => {
  const commands = [...MANUAL.values()].flatMap(commandsIn);
  expect(commands).toEqual(
    expect.arrayContaining([
      'npm start',
      'npx nest-mailroom init',
      'npx nest-mailroom queue stats',
      'npm run start:worker',
    ]),
  );
  expect(commands.length).toBeGreaterThan(20);
});

describe('a command that is wrong is found out', () => {
  test.each([
    ['npx nest-mailroom chekc', 'no command "chekc"'],
    ['npx nest-mailroom check --jsno', '--jsno'],
    ['npx nest-mailroom queue list-all', 'list-all'],
    ['npm run bnech', 'no script "bnech"'],
    ['npm ci && npm go', 'no script "go"'],
    ['npm i nest-mailrom', 'nest-mailrom'],
    ['yarn', 'unknown: yarn'],
    ['curl localhost:4000/mail', 'not to the example'],
  ])('%s', async (command, fault) => {
    expect(await faultsIn(`\`\`\`sh\n${command}   # a comment\n\`\`\`\n`)).toEqual([
      expect.stringContaining(fault),
    ]);
  });

  test('within a sentence, with a variable before it', async () => {
    expect(await faultsIn('Say `MAIL_URL=x npm run strat`, or `npm start`.')).toEqual(['no script "strat"']);
  });

  test('by a body that is no JSON', async () => {
    await expect(faultsIn(`\`\`\`sh\ncurl -d '{a}' localhost:3000/mail\n\`\`\`\n`)).rejects.toThrow(
      SyntaxError,
    );
  });
});
