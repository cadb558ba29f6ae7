import { isLongWait } from '../transport/retry-hint.js';
import { sentence } from '../log/log-text.js';
import type { MailLog } from '../log/mail-log.js';
import type { MailError } from '../errors/mail-error.js';
import type { MailAlarmEvent, PublishMailEvent } from '../mail.events.js';

export type RaiseAlarm = (alarm: MailAlarmEvent) => void;

/** Sends each alarm both to the log and to the listeners of events. */
export function makeAlarm(publish: PublishMailEvent, log: MailLog): RaiseAlarm {
  return (alarm) => {
    log.alarm(alarm);
    publish('mail.alarm', alarm);
  };
}

/** Reports a transport that makes mails wait: as an alarm if waiting alone will not fix it. */
export function transportFaultTeller(
  mailers: readonly string[],
  raise: RaiseAlarm,
  log: MailLog,
): (error: MailError, retryInMs: number) => void {
  const whose = mailers.map((name) => `'${name}'`).join(', ');
  return (error, retryInMs) => {
    if (!needsSomebody(error)) return log.paused(mailers, error, retryInMs);
    const message = `Queued mails of ${whose} wait, none of them at fault: ${sentence(error.message)}`;
    raise({ kind: 'transport', message, mailers, error });
  };
}

/** A server that refuses a login only for now (454, RFC 4954 §6) needs nobody. */
function needsSomebody(error: MailError): boolean {
  const { code, smtp } = error;
  if (code === 'authentication') return smtp === undefined || smtp.code >= 500;
  return code === 'tls' || code === 'config' || isLongWait(error);
}
