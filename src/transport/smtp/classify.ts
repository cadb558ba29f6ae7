import { MailError } from '../../errors/mail-error.js';
import type { MailErrorCode, MailErrorOptions, Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { Progress } from '../smtp-attempt.js';
import { adviceOnReply } from './reply-advice.js';
import { fieldOf } from '../remote-text.js';
import { readFault, shownFault } from './smtp-fault.js';
import type { SmtpFault } from './smtp-fault.js';

/** Where and how far an attempt came that failed. */
export interface FailedAttempt {
  readonly progress: Progress;
  /** Who was talked to, for the message: `host:port`. */
  readonly peer: string;
  /** The connection starts in plain text, to be secured by STARTTLS or not at all. @default false */
  readonly startsPlain?: boolean;
  /** Hides secrets the other side may have quoted. */
  readonly conceal: (text: string) => string;
}

/** Whether a new session may get another answer: the old one is out of step, or not logged in any more. */
export function isSessionSpoilt(error: unknown): boolean {
  const { reply, rejected, isStrange } = readFault(error);
  if (isStrange) return true;
  return [reply, ...rejected.map((fault) => fault.reply)].some(
    (answer) => answer !== undefined && isTransportReply(answer),
  );
}

type SmtpClassification = Pick<MailErrorOptions, 'retryable' | 'scope'> & {
  readonly code: MailErrorCode;
  readonly what: string;
  readonly advice?: string;
};

/**
 * What a failed attempt means. Decided from codes and from how far the attempt came, never from the
 * wording of a reply. Whatever happens before MAIL FROM is the transport's fault and leaves the mail blameless.
 */
export function classifySmtpError(error: unknown, attempt: FailedAttempt): MailError {
  const fault = shownFault(readFault(error), attempt.conceal);
  const verdict =
    attempt.progress === 'connect' ? beforeMail(fault, attempt) : fromMailOn(fault, attempt.progress);
  const { code, what, advice, ...traits } = verdict;
  const said = fault.reply ? `: ${quote(fault.reply)}` : unanswered(fault);
  return new MailError(code, `${attempt.peer} ${what}${said}${advice ? `. ${advice}` : ''}`, {
    ...traits,
    cause: causeOf(error, fault, attempt.conceal),
    smtp: fault.reply,
    rejected: fault.rejected.map(rejectionOf),
  });
}

/** One refused recipient. */
export function classifyRejection(error: unknown, conceal: (text: string) => string): Rejection {
  return rejectionOf(shownFault(readFault(error), conceal));
}

function unanswered({ text, originalCode }: SmtpFault): string {
  const reason = OPENSSL.exec(text)?.[1] ?? text;
  return originalCode && !reason.includes(originalCode) ? `: ${reason} (${originalCode})` : `: ${reason}`;
}

/** How OpenSSL writes its errors; the reason stands among numbers and file names. */
const OPENSSL = /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/;

function beforeMail(fault: SmtpFault, { startsPlain = false }: FailedAttempt): SmtpClassification {
  if (fault.code !== undefined && AUTH_FAULTS.has(fault.code)) return ofLogin(fault);
  if (fault.code === 'ETLS' && fault.reply) return noStartTls();
  if (fault.code === 'ETLS' || TLS_FAULT.test(fault.originalCode ?? '')) return untrusted(fault);
  if (fault.code === 'ECONFIG') return { code: 'config', what: 'cannot be talked to with these options' };
  if (startsPlain && fault.code === 'ETIMEDOUT' && fault.text === UNGREETED) return ungreeted();
  return { code: 'transport-unavailable', what: fault.reply ? 'turned us away' : 'could not be reached' };
}

function ofLogin(fault: SmtpFault): SmtpClassification {
  if (isAnswered(fault) && !isRefusal(fault)) return strange('connect');
  return fault.reply && wantsTls(fault.reply) ? tlsWanted() : authentication();
}

const isAnswered = ({ reply, isStrange }: SmtpFault): boolean => isStrange || reply !== undefined;

/** Only 4yz and 5yz refuse (RFC 5321 §4.2.1). */
const isRefusal = ({ reply }: SmtpFault): boolean => reply !== undefined && reply.code >= 400;

/** Nobody can tell what was meant: temporary, and once the body was out the mail may have been taken. */
const strange = (progress: Progress): SmtpClassification =>
  progress === 'data'
    ? { code: 'ambiguous', what: 'took the mail, but did not answer as SMTP does, so it may have been sent' }
    : { code: 'transport-unavailable', what: 'did not answer as SMTP does' };

/** nodemailer's words for a server that was reached and said nothing. */
const UNGREETED = 'Greeting never received';

const ungreeted = (): SmtpClassification => ({
  code: 'transport-unavailable',
  what: 'was reached, but did not greet',
  advice: "If it starts with TLS, as on port 465, use smtps:// instead of smtp://, or `tls: 'implicit'`",
});

const AUTH_FAULTS: ReadonlySet<string> = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2']);

/** OpenSSL's and Node's names for a handshake or a certificate that failed. */
const TLS_FAULT =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/;

const authentication = (): SmtpClassification => ({
  code: 'authentication',
  what: 'refused the login',
  advice: 'Check username and password (or the token) and that this account may send',
});

const noStartTls = (): SmtpClassification => ({
  code: 'tls',
  what: 'does not offer STARTTLS, and without TLS the mail is not sent',
  advice: "If plain text is meant, say so: `?tls=off` in the URL, `MAIL_TLS=off`, or `tls: 'off'`",
});

const untrusted = ({ originalCode = '' }: SmtpFault): SmtpClassification => ({
  code: 'tls',
  what: 'could not be secured',
  advice: adviceOnTls(originalCode),
});

function adviceOnTls(originalCode: string): string {
  if (TOO_OLD.test(originalCode)) return 'It has to speak TLS 1.2 or later; nothing older is safe';
  return originalCode.startsWith('ERR_SSL_')
    ? "If it starts in plain text, as on port 587 or 25, use smtp:// (STARTTLS) instead of smtps:// (implicit TLS), or `tls: 'required'`"
    : 'If the certificate is meant, give its authority as `tls: { ca }`, or its name as `tls: { servername }`';
}

const TOO_OLD = /_(?:ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$/;

function fromMailOn(fault: SmtpFault, progress: Progress): SmtpClassification {
  if (isAnswered(fault) && !isRefusal(fault)) return strange(progress);
  if (fault.rejected.length > 0 && !fault.rejected.every(isTransportFault)) return allRejected(fault);
  if (fault.reply) return ofReply(fault.reply);
  if (fault.code !== undefined && OUR_FAULTS.has(fault.code)) {
    return { code: 'message-rejected', what: 'cannot take this mail' };
  }
  if (progress === 'data') {
    return { code: 'ambiguous', what: 'took the mail but did not confirm it, so it may have been sent' };
  }
  return { code: 'transport-unavailable', what: 'broke the connection off' };
}

/** Faults of a mail that no server answered: it was refused before it was offered. */
const OUR_FAULTS: ReadonlySet<string> = new Set(
  'EENVELOPE EMESSAGE ESTREAM EFILEACCESS EURLACCESS EMAXRECIPIENTS EREQUIRETLS'.split(' '),
);

const allRejected = ({ rejected, reply }: SmtpFault): SmtpClassification => ({
  code: 'recipients-rejected',
  what: 'refused every recipient',
  retryable: rejected.some((fault) => rejectionOf(fault).retryable),
  ...adviceField(reply),
});

const adviceField = (reply: SmtpReply | undefined): Pick<SmtpClassification, 'advice'> => {
  const advice = reply && adviceOnReply(reply);
  return advice === undefined ? {} : { advice };
};

const isTransportFault = ({ reply }: SmtpFault): boolean => reply !== undefined && isTransportReply(reply);

/** 421: closing. 503: the session was out of step, which a new connection fixes. */
const isTransportReply = (reply: SmtpReply): boolean =>
  reply.code === 421 || reply.code === 503 || isLoginReply(reply) || wantsTls(reply);

/** RFC 4954 §6, RFC 5248 §2.4: the login, or that there was none. */
const isLoginReply = ({ code }: SmtpReply): boolean => [432, 525, 530, 534, 535].includes(code);

/**
 * RFC 5248 §2.4: encryption is needed, for all or for this login. 530 5.7.0 says both that TLS is wanted (RFC 3207 §4)
 * and that a login is (RFC 4954 §6): there alone the text chooses, and both are the transport's fault.
 */
function wantsTls({ code, enhanced = '5.7.0', text }: SmtpReply): boolean {
  if (code !== 530 || enhanced !== '5.7.0') return [523, 524, 538].includes(code);
  return /\bSTARTTLS\b/i.test(text) || (/\b(TLS|SSL|encrypt)/i.test(text) && !ASKS_LOGIN.test(text));
}

const ASKS_LOGIN = /\b(auth|log ?in|credential|password)/i;

const tlsWanted = (): SmtpClassification => ({
  code: 'tls',
  what: 'takes nothing without TLS',
  advice: "Use smtp:// with `tls: 'required'` (STARTTLS), or smtps://, instead of plain text",
});

function ofReply(reply: SmtpReply): SmtpClassification {
  if (wantsTls(reply)) return tlsWanted();
  if (isLoginReply(reply)) return authentication();
  if (isTransportReply(reply)) return { code: 'transport-unavailable', what: 'turned us away' };
  const retryable = isTemporary(reply);
  return { code: 'message-rejected', what: 'refused the mail', retryable, ...adviceField(reply) };
}

/** 4yz: the same again later. */
const isTemporary = ({ code }: SmtpReply): boolean => code < 500;

/**
 * Fewer at a time would do, so this recipient is to be tried again. RFC 821 had 552 for it, which RFC 5321 §4.5.3.1.10
 * wants read as 452; a 552 that says by its enhanced code what it means is another one.
 */
const areTooMany = ({ code, enhanced }: SmtpReply): boolean =>
  enhanced === undefined ? code === 552 : enhanced.endsWith('.5.3');

function rejectionOf({ recipient = '', reply }: SmtpFault): Rejection {
  if (!reply) return { address: recipient, code: 'recipients-rejected', retryable: true };
  const { code, retryable } = isTransportReply(reply)
    ? { code: ofReply(reply).code, retryable: true }
    : { code: 'recipients-rejected' as const, retryable: isTemporary(reply) || areTooMany(reply) };
  return { address: recipient, code, retryable, smtp: reply };
}

function quote({ code, enhanced, text, command }: SmtpReply): string {
  return `${code}${enhanced ? ` ${enhanced}` : ''} ${text}${command && command !== 'CONN' ? ` (${command})` : ''}`;
}

/** nodemailer's own error, unless it shows a secret or writes more than a line. */
function causeOf(error: unknown, { text, code }: SmtpFault, conceal: (text: string) => string): unknown {
  if (isShowable(error, conceal) && fieldOf(error, 'message') === text) return error;
  return Object.assign(new Error(text), code !== undefined && { code });
}

/** Loggers print every field of an error. */
function isShowable(error: unknown, conceal: (text: string) => string): boolean {
  if (readFault(error).text !== fieldOf(error, 'message')) return false;
  const rejected = fieldOf(error, 'rejectedErrors');
  const texts = ['message', 'response', 'stack'].map((name) => fieldOf(error, name));
  return (
    texts.every((text) => typeof text !== 'string' || conceal(text) === text) &&
    (!Array.isArray(rejected) || rejected.every((inner) => isShowable(inner, conceal)))
  );
}
