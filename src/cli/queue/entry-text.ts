import type { Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { AttemptError, AttemptRecord, QueueEntry } from '../../queue/mail-queue.js';
import { plain, spanText } from './text.js';

/** One mail for people: what it is, then every attempt with what came of it. */
export function entryText(entry: QueueEntry, now: Date): string {
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
  const { startedAt, durationMs, accepted, rejected, response, error } = attempt;
  return [
    `attempt ${index + 1}, ${startedAt.toISOString()}, ${durationMs} ms`,
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
