import { parseArgs } from 'node:util';
import { EXIT, type ExitCode, UsageError } from '../command.js';
import type { Terminal } from '../terminal.js';
import { SPOOL_OPTIONS, withSpool } from './spool-options.js';
import type { Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { AttemptError, AttemptRecord, QueueEntry } from '../../queue/mail-queue.js';
import { plain, spanText } from './text.js';

/** `mailroom queue show <id>` */
export async function showMail(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: SPOOL_OPTIONS,
    allowPositionals: true,
  });
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) throw new UsageError('show: expected the id of one mail');
  const entry = await withSpool(values, terminal, (spool) => spool.get(id));
  if (!entry) {
    terminal.err(`${id}: there is no such mail, or none any more\n`);
    return EXIT.faults;
  }
  terminal.out(values.json ? `${JSON.stringify(entry, undefined, 2)}\n` : entryText(entry, terminal.now()));
  return EXIT.ok;
}

/** Formats one mail for people: its fields, then every attempt with its result. */
function entryText(entry: QueueEntry, now: Date): string {
  const fields = fieldsOf(entry, now);
  const width = Math.max(...fields.map(([name]) => name.length));
  const head = fields.map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`);
  const attempts = entry.attempts.flatMap(attemptLines);
  return `${[...head, '', ...(attempts.length > 0 ? attempts : ['no attempt is over yet'])].join('\n')}\n`;
}

function fieldsOf(entry: QueueEntry, now: Date): ReadonlyArray<readonly [name: string, value: string]> {
  const { id, state, subject, to, template, mailer, messageId, priority } = entry;
  return [
    ['id', id],
    ['state', state],
    ['to', to.join(', ')],
    ['subject', subject],
    ...(template === undefined ? [] : ([['template', template]] as const)),
    ['mailer', mailer],
    ['priority', priority],
    ['message-id', messageId],
    ['queued', `${entry.queuedAt.toISOString()}, ${spanText(now.getTime() - entry.queuedAt.getTime())} ago`],
    ['due', entry.dueAt.toISOString()],
    ['expires', entry.expiresAt.toISOString()],
  ];
}

function attemptLines(attempt: AttemptRecord, index: number): readonly string[] {
  const { startedAt, durationMs, accepted, rejected, response, error, transport } = attempt;
  return [
    `attempt ${index + 1}, ${startedAt.toISOString()}, ${durationMs} ms${transport ? `, by ${transport}` : ''}`,
    ...(accepted.length > 0 ? [`  accepted: ${accepted.join(', ')}`] : []),
    ...(response === undefined ? [] : [`  reply: ${response}`]),
    ...rejected.map((rejection) => `  rejected: ${rejectionText(rejection)}`),
    ...(error ? [`  ${errorText(error)}`] : []),
  ].map(plain);
}

function rejectionText({ address, code, retryable, smtp }: Rejection): string {
  const how = retryable ? 'for now' : 'for good';
  return `${address}, ${how}: ${smtp ? replyText(smtp) : code}`;
}

function errorText({ code, message, outcome, smtp }: AttemptError): string {
  const doubt = outcome === 'unknown' ? ' It may have been sent.' : '';
  return `${code}: ${message}${doubt}${smtp ? ` The server said: ${replyText(smtp)}` : ''}`;
}

function replyText({ code, enhanced, text }: SmtpReply): string {
  return [code, enhanced, text].filter(Boolean).join(' ');
}
