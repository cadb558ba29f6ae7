import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MailError, type MailErrorCode } from 'nest-mailroom';
import { CHECK_RULES } from '../src/render/syntax/check-rules.js';
import { VARIABLES } from '../src/options/variables.js';
import { splitFrontMatter } from '../src/render/syntax/front-matter.js';
import { TemplateFaults } from '../src/render/faults/template-fault.js';
import { loaded, renderOf } from './render/templates.js';
import { documentText, MANUAL } from './support/documents.js';
import { bare, codeBlocks, tableAfter } from './support/markdown.js';
import { typeErrors } from './support/type-check.js';

// The compiler reads the declarations of Nest and Node once, and machines are slow under load.
jest.setTimeout(120_000);

const README = documentText('README.md');
/** Languages of code blocks that a test here or in readme.commands.test.ts compiles or runs. */
const CHECKED_LANGUAGES: ReadonlySet<string> = new Set(['ts', 'json', 'hbs', 'mjml', 'sh', 'mermaid']);

/** Faults in the TypeScript of documents, each with its place. One program: declarations are read once. */
function codeFaults(documents: ReadonlyMap<string, string>): readonly string[] {
  const files = [...documents].flatMap(([path, markdown]) =>
    codeBlocks(markdown)
      .filter(({ language }) => language === 'ts')
      .map(({ line, code }): [string, string] => [`${path}/${line}.ts`, `${code}export {};\n`]),
  );
  return typeErrors(Object.fromEntries(files)).map(({ file, line, message }) => {
    const [, path = '', start = ''] = /^(.*)\/(\d+)\.ts$/.exec(file) ?? [];
    return `${path}:${Number(start) + line - 1}: ${message}`;
  });
}

/** Files with public options, and the entry that exports their interfaces. */
const OPTION_FILES = [
  ['src/options/options.ts', 'nest-mailroom'],
  ['src/transport/smtp/smtp.options.ts', 'nest-mailroom'],
  ['src/inbox/inbox.options.ts', 'nest-mailroom/inbox'],
] as const;

/** A program for each `@example` of an option, by the option's name. */
function examplePrograms(): Readonly<Record<string, string>> {
  const programs = OPTION_FILES.flatMap(([path, entry]) => {
    const source = readFileSync(join(__dirname, '..', path), 'utf8');
    return [...source.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)].flatMap(
      ([, type = '', body = '']) =>
        [...body.matchAll(/@example (.+?)(?: \*\/)?\n(?:\s*\*\/\n)?\s*readonly (\w+)\?/g)].map(
          ([, code = '', option = '']): [string, string] => [
            `${type}.${option}.ts`,
            `import type { ${type} } from '${entry}';\nexport const example: ${type}['${option}'] = ${code};\n`,
          ],
        ),
    );
  });
  return Object.fromEntries(programs);
}

/** Blocks that nothing would check: of another language, or overlooked altogether. */
function uncheckedBlocks(name: string, markdown: string): readonly string[] {
  const lines = markdown.split('\n');
  const fences = lines.flatMap((text, index) => (/^\s*(`{3,}|~{3,})/.test(text) ? [index + 1] : []));
  const checked = new Set(
    codeBlocks(markdown)
      .filter(({ language }) => CHECKED_LANGUAGES.has(language))
      .flatMap(({ line, code }) => [line - 1, line - 1 + code.split('\n').length]),
  );
  return fences.filter((line) => !checked.has(line)).map((line) => `${name}:${line}: ${lines[line - 1]}`);
}

function jsonFaults(name: string, markdown: string): readonly string[] {
  return codeBlocks(markdown)
    .filter(({ language }) => language === 'json')
    .flatMap(({ code, line }) => {
      try {
        JSON.parse(code);
        return [];
      } catch (error) {
        return [`${name}:${line}: ${String(error)}`];
      }
    });
}

/** Renders a template with its own sample, as the block it stands in has it. */
async function renderSample(
  code: string,
  file: string,
  catalogs: Readonly<Record<string, string>>,
): Promise<object> {
  const faults = new TemplateFaults();
  const { front } = splitFrontMatter(file, code, faults);
  faults.throwIfAny();
  return renderOf(await loaded({ [file]: code, ...catalogs }, { inlineCss: true }), 'page', front.sample);
}

/** The blocks that a comment before them calls catalogs. */
function catalogsIn(markdown: string): Readonly<Record<string, string>> {
  const blocks = markdown.matchAll(/^<!-- (locales\/[\w-]+\.json) -->\n\n```json\n([\s\S]*?)^```$/gm);
  return Object.fromEntries([...blocks].map(([, name = '', json = '']) => [name, json]));
}

/** Exhaustive: the compiler asks for every code. */
const CODES: Readonly<Record<MailErrorCode, true>> = {
  config: true,
  'template-not-found': true,
  'template-invalid': true,
  'context-invalid': true,
  'message-invalid': true,
  unsupported: true,
  'recipients-rejected': true,
  'message-rejected': true,
  authentication: true,
  tls: true,
  'transport-unavailable': true,
  timeout: true,
  ambiguous: true,
  'rate-limited': true,
  'queue-full': true,
  suppressed: true,
  expired: true,
  aborted: true,
  closed: true,
};

const isCode = (word: string): word is MailErrorCode => Object.hasOwn(CODES, word);

/** A row of the errors table as the code itself would write it. */
function errorRow(code: MailErrorCode): readonly string[] {
  const { retryable, scope } = new MailError(code, '');
  return [code, retryable ? 'yes' : 'no', scope];
}

const byName = ([a = '']: readonly string[], [b = '']: readonly string[]): number => (a < b ? -1 : 1);

/** Code, retryable and scope of each row of the errors table, sorted. */
function errorsIn(markdown: string): ReadonlyArray<readonly string[]> {
  return tableAfter(markdown, '<!-- errors -->')
    .map(([code, , retryable = '', scope = '']) => [bare(code), retryable, scope])
    .toSorted(byName);
}

function variablesIn(markdown: string): readonly string[] {
  return tableAfter(markdown, '<!-- variables -->')
    .map(([cell]) => bare(cell))
    .toSorted();
}

test('each example of an option compiles as that option', () => {
  const programs = examplePrograms();
  expect(Object.keys(programs).length).toBeGreaterThanOrEqual(20);
  expect(typeErrors(programs)).toEqual([]);
});

test('the TypeScript of the manual compiles', () => {
  expect(codeFaults(MANUAL)).toEqual([]);
});

describe.each([...MANUAL])('%s', (name, markdown) => {
  test('has no code that is neither compiled nor run', () => {
    expect(uncheckedBlocks(name, markdown)).toEqual([]);
  });

  test('its JSON parses', () => {
    expect(jsonFaults(name, markdown)).toEqual([]);
  });

  test('its templates render with their samples', async () => {
    for (const { code, language } of codeBlocks(markdown)) {
      if (language !== 'hbs' && language !== 'mjml') continue;
      const file = language === 'mjml' ? 'page.mjml.hbs' : 'page.hbs';
      expect(await renderSample(code, file, catalogsIn(markdown))).toMatchObject({
        subject: expect.any(String),
        html: expect.any(String),
      });
    }
  });
});

test('the manual has code of every kind', () => {
  const languages = [...MANUAL.values()].flatMap(codeBlocks).map(({ language }) => language);
  expect(new Set(languages)).toEqual(CHECKED_LANGUAGES);
  expect(languages.filter((language) => language === 'ts').length).toBeGreaterThanOrEqual(20);
});

test('the table of variables has each of them once', () => {
  expect(variablesIn(README)).toEqual(Object.keys(VARIABLES).toSorted());
});

test('the table of errors has each code once, with its own traits', () => {
  expect(errorsIn(README)).toEqual(Object.keys(CODES).filter(isCode).map(errorRow).toSorted(byName));
});

describe('a document that is wrong is found out', () => {
  const fenced = (language: string, code: string): string =>
    `# Title\n\n\`\`\`${language}\n${code}\n\`\`\`\n\nText\n`;

  test('by its TypeScript, with the line', () => {
    const code = `import { MailModule } from 'nest-mailroom';\nMailModule.forRoot({ form: 'x' });`;
    expect(codeFaults(new Map([['docs/x.md', fenced('ts', code)]]))).toEqual([
      expect.stringMatching(/^docs\/x\.md:5: [\s\S]*'form'/),
    ]);
  });

  test('by an import that leads nowhere', () => {
    const code = `import { Nothing } from 'nest-mailroom';`;
    expect(codeFaults(new Map([['x.md', fenced('ts', code)]]))).toEqual([
      expect.stringMatching(/^x\.md:4: [\s\S]*Nothing/),
    ]);
  });

  test('by its JSON, with the line', () => {
    expect(jsonFaults('x.md', fenced('json', '{ a: 1 }'))).toEqual([expect.stringMatching(/^x\.md:4: /)]);
  });

  test('by code that nothing would check', () => {
    expect(uncheckedBlocks('x.md', fenced('js', 'run()'))).toEqual(['x.md:3: ```js', 'x.md:5: ```']);
    expect(uncheckedBlocks('x.md', '- a list\n\n  ```ts\n  run();\n  ```\n')).toHaveLength(2);
  });

  test('by a sample that does not fit its template', async () => {
    const code = '---\nsubject: Hi\nsample: { user: {} }\n---\n{{user.name}}';
    await expect(renderSample(code, 'page.hbs', {})).rejects.toMatchObject({ code: 'context-invalid' });
  });

  test('by a variable that is missing from its table', () => {
    const without = README.replace(/^\| `MAIL_HOST`.*\n/m, '');
    expect(variablesIn(without)).toEqual(variablesIn(README).filter((name) => name !== 'MAIL_HOST'));
  });

  test('by an error whose traits are others', () => {
    const changed = README.replace(/^(\| `timeout`.*\| )yes/m, '$1no');
    expect(errorsIn(changed)).not.toEqual(errorsIn(README));
    expect(errorsIn(changed)).toContainEqual(['timeout', 'no', 'transport']);
  });
});

test('the chapter on templates lists every rule of mailroom check, in order', () => {
  expect(
    tableAfter(documentText('docs/templates.md'), '<!-- check rules -->').map(([rule]) => bare(rule)),
  ).toEqual(CHECK_RULES);
});
