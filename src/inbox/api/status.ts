import { boolean, integer, list, named, record, string, type TypeOf } from './schema.js';

/** The settings and abilities of this inbox. */
export const statusView = named(
  'Status',
  record({
    version: string('Version of the package'),
    mailers: list(string()),
    captured: boolean('Whether all mailers keep their mails here instead of sending them'),
    watching: boolean('Whether really sent mails are shown as well'),
    queue: boolean(),
    gallery: boolean(),
    release: boolean('Whether mails may be released to any address'),
    'smtp?': record({ port: integer() }, 'Where it accepts mails of other programs'),
    keep: integer('Number of mails kept'),
    environment: string(),
    clientViews: record(
      {
        date: string('Date of the Can I email data behind them'),
        clients: list(record({ id: string(), name: string() })),
      },
      'Mail programs whose rendering the inbox approximates',
    ),
  }),
);
export type StatusView = TypeOf<typeof statusView>;
