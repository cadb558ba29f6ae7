import { boolean, integer, list, named, record, string, type TypeOf } from './schema.js';

/** What this inbox is and can do. */
export const statusView = named(
  'Status',
  record({
    version: string('Of the package'),
    mailers: list(string()),
    captured: boolean("The application's mails are kept here instead of being sent"),
    watching: boolean('Mails that are really sent are shown too'),
    queue: boolean(),
    gallery: boolean(),
    release: boolean('Mails may be released to somebody'),
    'smtp?': record({ port: integer() }, 'Where it listens for mails of other programs'),
    keep: integer('Mails kept'),
    environment: string(),
    clientViews: record(
      {
        date: string('Of the data of Can I email that they are made by'),
        clients: list(record({ id: string(), name: string() })),
      },
      'The mail programs that mails can be seen in, about',
    ),
  }),
);
export type StatusView = TypeOf<typeof statusView>;
