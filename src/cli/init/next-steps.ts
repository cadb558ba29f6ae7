import type { Application } from './application.js';

/** The steps left to a person, with the code to copy. */
export function nextSteps(application: Application): string {
  const steps = [
    ['Import the module in the root module:', '', ...moduleSnippet(application).map(indented)],
    ['Send, wherever Nest injects:', '', ...SEND_SNIPPET.map(indented)],
    ['In development mail is written to .mail/. To send it, set MAIL_URL=smtp://…'],
    typesStep(application),
    ...(application.templatesInSources !== undefined && !application.builtByNest ? [COPY_STEP] : []),
  ];
  return steps.map(([first = '', ...rest], index) => block(`${index + 1}. ${first}`, rest)).join('\n');
}

const SEND_SNIPPET = [
  "import { MailService } from 'nest-mailroom';",
  '',
  'constructor(private readonly mail: MailService) {}',
  '',
  'await this.mail.send({',
  "  to: 'ada@example.com',",
  "  template: 'welcome',",
  "  context: { user: { name: 'Ada' }, link: 'https://example.com/start' },",
  '});',
];

const COPY_STEP = ['Let the build copy the templates to the folder "templates" beside the compiled main.js.'];

function moduleSnippet({ templates, templatesInSources, esm }: Application): readonly string[] {
  const from = "from: 'Your app <hello@example.com>'";
  const built = templatesInSources !== undefined && templatesInSources !== 'templates';
  const here = esm ? 'import.meta.dirname' : '__dirname';
  const folder = built ? `join(${here}, '${templatesInSources}')` : `'${templates}'`;
  const isFound = templatesInSources === 'templates' || templates === 'templates';
  return [
    ...(built ? ["import { join } from 'node:path';"] : []),
    "import { MailModule } from 'nest-mailroom';",
    '',
    isFound
      ? `imports: [MailModule.forRoot({ ${from} })],`
      : `imports: [MailModule.forRoot({ ${from}, templates: { dir: ${folder} } })],`,
  ];
}

function typesStep({ templates, isDefaultFolder, project }: Application): readonly string[] {
  const flag = project === undefined ? '' : ` --project ${project}`;
  const setting = `Both find the templates once package.json has "mailroom": { "templates": "${templates}" }`;
  return [
    'Let the compiler and CI find mistakes:',
    `   npx nest-mailroom types${flag}   a wrong template name or context no longer compiles`,
    `   npx nest-mailroom check${flag}   compiles and lints all templates`,
    ...(isDefaultFolder ? [] : [`   ${setting}`]),
  ];
}

function indented(line: string): string {
  return line && `     ${line}`;
}

function block(first: string, rest: readonly string[]): string {
  return [first, ...rest, ''].join('\n');
}
