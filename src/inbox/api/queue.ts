import { boolean, dictionary, integer, list, named, record, string, time, type TypeOf } from './schema.js';

const queuedMail = record({
  id: string(),
  state: string(),
  to: list(string()),
  subject: string(),
  'template?': string(),
  mailer: string(),
  attempts: integer('Number of attempts begun'),
  dueAt: time(),
  'error?': string('Error of the last attempt'),
  'transport?': string('Name of the transport, or of its member, of the last attempt'),
  'captured?': boolean('The mail is done; it was kept here and sent to nobody'),
});
export type QueuedMailView = TypeOf<typeof queuedMail>;

const pause = record({
  mailer: string(),
  reason: string(),
  retryAt: time('Time at which one mail tries the server again'),
});
export type PauseView = TypeOf<typeof pause>;

export const queuePage = named(
  'QueuePage',
  record({
    stats: record({ states: dictionary(integer()), 'oldestDueAt?': time() }),
    mails: list(queuedMail, 'Newest first'),
    'next?': string('Pass it as `before` to get the next page; absent on the last page'),
    paused: boolean('Whether this process starts no further attempts'),
    'pauses?': list(pause, 'Mailers of this process that wait for their mail server to recover'),
  }),
);
export type QueuePage = TypeOf<typeof queuePage>;
