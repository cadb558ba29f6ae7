import { OAUTH2 } from '../../src/transport/smtp/oauth2/oauth2.options.js';
import { SMTP } from '../../src/transport/smtp/resolve-smtp-options.js';
import { INBOX } from '../../src/inbox/inbox.options.js';
import { MODULE } from '../../src/options/module.js';
import { QUEUE } from '../../src/options/queue.js';
import { THEME } from '../../src/options/theme.js';
import { VARIABLES } from '../../src/options/variables.js';
import { OUTBOX } from '../../src/queue/outbox/outbox.options.js';
import type { AnyGroup } from '../../src/reader/option.js';

/** A table of a document, as the tables of options have it. */
export interface DocumentTable {
  readonly path: string;
  readonly marker: string;
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

/** A default as people read it. */
export function shownDefault(fallback: unknown): string {
  if (typeof fallback === 'boolean' || typeof fallback === 'string') return `\`${fallback}\``;
  if (typeof fallback !== 'number') return 'none';
  const digits = String(fallback);
  return digits.length > 4 ? digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ' ') : digits;
}

/** The rows of a group; one that says nothing of itself stands for the options inside it. */
function rowsOf(group: AnyGroup, before = ''): string[][] {
  return group.names.flatMap((option) => {
    const row = group.row(option);
    if (!row) return [];
    const name = `${before}${option}`;
    if (row.about === '' && row.reader.group) return rowsOf(row.reader.group, `${name}.`);
    return [[`\`${name}\``, row.about, row.shown ?? shownDefault(row.fallback)]];
  });
}

const variables = Object.entries(VARIABLES).map(([name, { about, shown, fallback }]) => [
  `\`${name}\``,
  about,
  shown ?? shownDefault(fallback),
]);

const table = (path: string, marker: string, first: string, rows: string[][]): DocumentTable => ({
  path,
  marker: `<!-- ${marker} -->`,
  head: [first, 'meaning', marker === 'variables' ? "default, or Flask-Mail's name for" : 'default'],
  rows,
});

/** `forRoot` takes it off before the others are read. */
const IS_GLOBAL = ['`isGlobal`', 'providers are seen everywhere', '`true`'];

export const DOCUMENT_TABLES: readonly DocumentTable[] = [
  table('README.md', 'variables', 'variable', variables),
  table('README.md', 'options', 'option', [...rowsOf(MODULE), IS_GLOBAL]),
  table('docs/templates.md', 'theme options', '`theme`', rowsOf(THEME)),
  table('docs/queueing.md', 'queue options', '`queue.…`', rowsOf(QUEUE)),
  table('docs/queueing.md', 'outbox options', '`queue.outbox.…`', rowsOf(OUTBOX)),
  table('docs/transports.md', 'smtp options', '`SmtpOptions`', rowsOf(SMTP)),
  table('docs/transports.md', 'oauth2 options', '`oauth2`', rowsOf(OAUTH2)),
  table('docs/inbox.md', 'inbox options', 'option', rowsOf(INBOX)),
];
