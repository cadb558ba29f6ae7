import { finding } from './checks.js';
import { anyObject, boolean, integer, list, named, record, string, type TypeOf } from './schema.js';

const template = named(
  'Template',
  record({
    name: string(),
    locales: list(string(), 'Languages beside the base variant: of its files and of the message catalogs'),
    'subject?': string('Source of the subject of the base variant'),
    'layout?': string(),
    hasText: boolean('Whether it has a text template of its own'),
    fastPath: record({ fast: boolean(), reasons: list(string()) }),
    sample: boolean('Whether it has a sample to render it with'),
  }),
);
export type TemplateSummary = TypeOf<typeof template>;

export const templateList = record({ templates: list(template) });
export type TemplateList = TypeOf<typeof templateList>;

const variable = record({
  path: string('`user.name`; `items[].name` for the elements of a list'),
  where: string('First place that reads it: `templates/welcome.hbs:3:7`'),
  required: boolean('Whether the mail fails without it'),
});
export type TemplateVariable = TypeOf<typeof variable>;

const missing = record({ path: string(), template: string('File that reads it'), line: integer() });
export type MissingVariable = TypeOf<typeof missing>;

/** A template in one language, rendered with its sample. */
export const templatePage = named(
  'TemplatePage',
  record({
    name: string(),
    'locale?': string('As requested; absent for the base variant'),
    'subject?': string(),
    'html?': string(),
    'text?': string(),
    variables: list(variable),
    missing: list(missing, 'Required values that the sample lacks'),
    'sample?': anyObject('Context it is rendered with'),
    findings: list(
      record({
        ...finding,
        fix: string('How to fix it'),
        file: string('Relative to the working directory'),
        'column?': integer('1-based'),
        'template?': string('Absent for a file that belongs to no template'),
        'locale?': string('Absent for the base variant'),
      }),
    ),
    'error?': record(
      { message: string(), 'file?': string(), 'line?': integer(), 'column?': integer() },
      'Why it cannot be rendered',
    ),
  }),
);
export type TemplatePage = TypeOf<typeof templatePage>;
