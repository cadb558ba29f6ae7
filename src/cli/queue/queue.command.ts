import { didYouMean } from '../../errors/closest.js';
import { type Command, type ExitCode, UsageError } from '../command.js';
import type { Terminal } from '../terminal.js';
import { cancelMails, retryMails } from './change-mails.js';
import { listMails } from './list-mails.js';
import { showMail } from './show-mail.js';
import { showStats } from './show-stats.js';

/** `mailroom queue`: inspects and changes a spool, whether the application is running or not. */
export const QUEUE: Command = {
  summary: 'show and steer queued mails',
  usage: `Usage: nest-mailroom queue <action> [options]

  ls                    the mails, newest first
  show <id>             one mail, with every attempt and what the server said
  retry <id>…           try dead, ambiguous and expired mails again, for 48 hours; one that waits, now
  cancel <id>…          cancel mails that wait, and ambiguous ones that turned out to be sent
  stats                 how many mails are in each state

Which mails (ls; retry and cancel instead of ids):
  --state <state>       waiting, sending, sent, dead, ambiguous, expired, cancelled or corrupt
  --to <address>        a recipient
  --template <name>
  --mailer <name>
  --before <time>       queued before: a date (2026-03-09T12:00Z), or so long ago (30m, 2h, 7d)
  --all                 every mail; retry and cancel do nothing without ids or a filter
  --limit <n>           ls: at most so many (default: 100)

  --json                print JSON
  --path <file>         the spool (default: MAIL_SPOOL_PATH, else .mail/spool.db)
  --key-file <file>     holds the key of an encrypted spool (default: MAIL_SPOOL_KEY)

Variables may stand in the file .env. Exits with 1 when there is no such spool or mail, or it cannot be changed.`,
  run: runQueue,
};

type Action = (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['ls', listMails],
  ['show', showMail],
  ['retry', retryMails],
  ['cancel', cancelMails],
  ['stats', showStats],
]);

async function runQueue(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  const action = name === undefined ? undefined : ACTIONS.get(name);
  if (action) return action(rest, terminal);
  const known = [...ACTIONS.keys()];
  if (name === undefined) throw new UsageError(`expected an action: ${known.join(', ')}`);
  throw new UsageError(`There is no action "${name}"${didYouMean(name, known) || '.'}`);
}
