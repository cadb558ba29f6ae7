import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MailError, type MailErrorCode } from 'nest-mailroom';
import { CHECK_RULES } from '../src/render/check-rules.js';
import { VARIABLES } from '../src/mail.variables.js';
import { splitFrontMatter } from '../src/render/front-matter.js';
import { TemplateFaults } from '../src/render/template-fault.js';
import { loaded, renderOf } from './render/templates.js';
import { bare, codeBlocks, tableAfter } from './support/markdown.js';
import { typeErrors } from './support/type-check.js';

// The compiler reads the declarations of Nest and Node once, and machines are slow under load.
jest.setTimeout(120_000);

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const DOCUMENTS: ReadonlyArray<readonly [string, string]> = [
  ['README.md', README],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name): [string, string] => [`docs/${name}`, readFileSync(join(ROOT, 'docs', name), 'utf8')]),
];

/** What is wrong in the code of a document, each with its line there. */
function codeFaults(name: string, markdown: string): readonly string[] {
  const blocks = codeBlocks(markdown).filter(({ language }) => language === 'ts');
  const files = blocks.map(({ line, code }): [string, string] => [`line-${line}.ts`, `${code}export {};\n`]);
  return typeErrors(Object.fromEntries(files)).map(({ file, line, message }) => {
    const start = Number(/\d+/.exec(file)?.[0]);
    return `${name}:${start + line - 1}: ${message}`;
  });
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

describe.each(DOCUMENTS)('%s', (name, markdown) => {
  test('its TypeScript compiles', () => {
    expect(codeFaults(name, markdown)).toEqual([]);
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

test('the README has code to check', () => {
  const languages = codeBlocks(README).map(({ language }) => language);
  expect(languages.filter((language) => language === 'ts').length).toBeGreaterThanOrEqual(8);
  expect(languages).toEqual(expect.arrayContaining(['hbs', 'json', 'mjml', 'sh']));
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
    expect(codeFaults('x.md', fenced('ts', code))).toEqual([
      expect.stringMatching(/^x\.md:5: [\s\S]*'form'/),
    ]);
  });

  test('by an import that leads nowhere', () => {
    expect(codeFaults('x.md', fenced('ts', `import { Nothing } from 'nest-mailroom';`))).toEqual([
      expect.stringMatching(/^x\.md:4: [\s\S]*Nothing/),
    ]);
  });

  test('by its JSON, with the line', () => {
    expect(jsonFaults('x.md', fenced('json', '{ a: 1 }'))).toEqual([expect.stringMatching(/^x\.md:4: /)]);
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

test('README.md lists every rule of mailroom check, in order', () => {
  expect(tableAfter(README, '<!-- check rules -->').map(([rule]) => bare(rule))).toEqual(CHECK_RULES);
});
