import { finding } from './checks.js';
import { anyObject, boolean, integer, list, named, record, string, type TypeOf } from './schema.js';

const template = named(
  'Template',
  record({
    name: string(),
    locales: list(string(), 'Beside the base one: those it is written in, and those of the catalogs'),
    'subject?': string('As written, of the base variant'),
    'layout?': string(),
    hasText: boolean('It has a text template of its own'),
    fastPath: record({ fast: boolean(), reasons: list(string()) }),
    sample: boolean('Whether it has one to be rendered with'),
  }),
);
export type TemplateSummary = TypeOf<typeof template>;

export const templateList = record({ templates: list(template) });
export type TemplateList = TypeOf<typeof templateList>;

const variable = record({
  path: string('`user.name`; the elements of a list are `items[].name`'),
  where: string('`templates/welcome.hbs:3:7`, where it is read first'),
  required: boolean('The mail fails without it'),
});
export type TemplateVariable = TypeOf<typeof variable>;

const missing = record({ path: string(), template: string('The file that reads it'), line: integer() });
export type MissingVariable = TypeOf<typeof missing>;

/** A template in one language, with its sample. */
export const templatePage = named(
  'TemplatePage',
  record({
    name: string(),
    'locale?': string('As asked for; absent for the base variant'),
    'subject?': string(),
    'html?': string(),
    'text?': string(),
    variables: list(variable),
    missing: list(missing, 'Required values that the sample does not have'),
    'sample?': anyObject('What it is rendered with'),
    findings: list(
      record({
        ...finding,
        fix: string('How to'),
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
