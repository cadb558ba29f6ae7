import { boolean, dictionary, integer, list, named, record, string, time, type TypeOf } from './schema.js';

const queuedMail = record({
  id: string(),
  state: string(),
  to: list(string()),
  subject: string(),
  'template?': string(),
  mailer: string(),
  attempts: integer('How many were begun'),
  dueAt: time(),
  'error?': string('Of the last attempt'),
  'captured?': boolean('It is through, and was kept here: it was sent to nobody'),
});
export type QueuedMailView = TypeOf<typeof queuedMail>;

const pause = record({ mailer: string(), reason: string(), retryAt: time('When one mail tries it again') });
export type PauseView = TypeOf<typeof pause>;

export const queuePage = named(
  'QueuePage',
  record({
    stats: record({ states: dictionary(integer()), 'oldestDueAt?': time() }),
    mails: list(queuedMail, 'Newest first'),
    'next?': string('Give it as `before` for the next page; absent on the last'),
    paused: boolean('This process begins no further mail'),
    'pauses?': list(pause, 'Mailers of this process that wait for their mail server'),
  }),
);
export type QueuePage = TypeOf<typeof queuePage>;
