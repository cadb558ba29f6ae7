import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckReport } from '../../src/cli/check/check-report.js';
import { runCli } from './run-cli.js';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'check-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(project, 'templates', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

async function check(): Promise<{ code: number; report: CheckReport }> {
  const { code, out } = await runCli(project, 'check', '--json');
  return { code, report: JSON.parse(out) as CheckReport };
}

const summary = ({ findings }: CheckReport): string[] =>
  findings
    .map(({ rule, file, line }) => `${rule} ${file.replace('templates/', '')}:${line ?? '-'}`)
    .toSorted();

const LAYOUT = '<html lang="en"><body>{{> @partial-block}}</body></html>';

/** A template without fault around its body. */
function page(body: string, front = 'sample: { name: Ada, link: https://example.test/a }'): string {
  return `---\nsubject: Hello\npreheader: Read this\nlayout: main\n${front}\n---\n${body}\n`;
}

const PLANTED: Readonly<Record<string, string>> = {
  'layouts/main.hbs': LAYOUT,
  'layouts/silent.hbs': '<html>\n<body>{{> @partial-block}}</body></html>',
  'layouts/old.hbs': LAYOUT,
  'partials/used.hbs': '<p>Used</p>',
  'partials/forgotten.hbs': '<p>Nobody calls me</p>',
  'a-fault.hbs': page('<p>{{#if name}}</p>'),
  'b-sample.hbs': page('<p>Hi\n{{surname}}</p>'),
  'c-no-sample.hbs': page('<p>Hi {{name}}</p>', ''),
  'd-alt.hbs': page('<p>Hi</p>\n<img src="https://example.test/{{name}}.png">'),
  'e-lang.hbs': page('<p>Hi</p>').replace('main', 'silent'),
  'f-unquoted.hbs': page('<p class=lead>Hi</p>'),
  'g-javascript.hbs': page('<p><a href="java&#10;script:alert(1)">Hi</a></p>'),
  'h-http.hbs': page('<p><a href="http://example.test/">Hi</a></p>'),
  'i-href.hbs': page('<p>Hi {{> used}}</p>\n<a href="{{#if name}}{{link}}{{/if}}">Go</a>'),
  'j-triple.hbs': page('<p>Hi</p>\n<p>{{{name}}}</p>'),
  'k-large.hbs': page(`<p>${'word '.repeat(21_000)}</p>`),
  'l-no-text.hbs': page('<img src="https://example.test/a.png" alt="">'),
  'm-preheader.hbs': page('<p>Hi</p>').replace('preheader: Read this\n', ''),
};

const FOUND = [
  'href-without-url-helper i-href.hbs:8',
  'html-lang layouts/silent.hbs:1',
  'http-link h-http.hbs:7',
  'img-alt d-alt.hbs:8',
  'javascript-url g-javascript.hbs:7',
  'no-preheader m-preheader.hbs:-',
  'no-sample c-no-sample.hbs:-',
  'no-text l-no-text.hbs:-',
  'sample-fails b-sample.hbs:8',
  'template-fault a-fault.hbs:7',
  'too-large k-large.hbs:-',
  'triple-stash j-triple.hbs:8',
  'unquoted-attribute f-unquoted.hbs:7',
  'unused-layout layouts/old.hbs:-',
  'unused-partial partials/forgotten.hbs:-',
];

test('finds every planted fault, one for each rule, and nothing else', async () => {
  write(PLANTED);
  const { code, report } = await check();
  expect(summary(report)).toEqual(FOUND);
  expect([code, report.errors, report.warnings]).toEqual([1, 3, 12]);
});
