import { MailError, fieldOf } from '../../errors/mail-error.js';
import type { MailErrorCode, MailErrorOptions, Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { Progress } from '../smtp-attempt.js';
import { adviceOnReply } from './reply-advice.js';
import { readFault, shownFault } from './smtp-fault.js';
import type { SmtpFault } from './smtp-fault.js';

export interface FailedAttempt {
  readonly progress: Progress;
  /** The server, for the message: `host:port`. */
  readonly peer: string;
  /** True if the connection starts in plain text, with STARTTLS or without TLS. @default false */
  readonly startsPlain?: boolean;
  /** Hides secrets that the other side may have quoted. */
  readonly conceal: (text: string) => string;
}

/** True if a new session may get another answer: the old one is out of step, or not logged in any more. */
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
 * Classifies a failed attempt by its codes and its progress, never by the wording of a reply. Every fault before MAIL
 * FROM is the transport's and not the mail's.
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

/** The form of OpenSSL's errors, in which the reason stands between numbers and file names. */
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

/** True for 4yz and 5yz: only these refuse (RFC 5321 §4.2.1). */
const isRefusal = ({ reply }: SmtpFault): boolean => reply !== undefined && reply.code >= 400;

/** An unreadable answer is temporary; after the body the mail may have been accepted. */
const strange = (progress: Progress): SmtpClassification =>
  progress === 'data'
    ? { code: 'ambiguous', what: 'took the mail, but did not answer as SMTP does, so it may have been sent' }
    : { code: 'transport-unavailable', what: 'did not answer as SMTP does' };

/** nodemailer's message for a server that was reached and stayed silent. */
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

/** Faults of a mail that nodemailer refused before it offered it to a server. */
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

/** Codes for a wrong or missing login (RFC 4954 §6, RFC 5248 §2.4). */
const isLoginReply = ({ code }: SmtpReply): boolean => [432, 525, 530, 534, 535].includes(code);

/**
 * Encryption is required, for all mails or for this login (RFC 5248 §2.4). 530 5.7.0 means that TLS is required (RFC
 * 3207 §4) or that a login is (RFC 4954 §6). Only there the text decides; both are the transport's fault.
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

/** True for 4yz: the same mail may succeed later. */
const isTemporary = ({ code }: SmtpReply): boolean => code < 500;

/**
 * Too many recipients: this one must be tried again. RFC 821 used 552 for that, to be read as 452 (RFC 5321
 * §4.5.3.1.10), unless an enhanced code gives it another meaning.
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

/** Keeps nodemailer's error as the cause, unless it shows a secret or has several lines. */
function causeOf(error: unknown, { text, code }: SmtpFault, conceal: (text: string) => string): unknown {
  if (isShowable(error, conceal) && fieldOf(error, 'message') === text) return error;
  return Object.assign(new Error(text), code !== undefined && { code });
}

/** Checks every field of an error, because loggers print them. */
function isShowable(error: unknown, conceal: (text: string) => string): boolean {
  if (readFault(error).text !== fieldOf(error, 'message')) return false;
  const rejected = fieldOf(error, 'rejectedErrors');
  const texts = ['message', 'response', 'stack'].map((name) => fieldOf(error, name));
  return (
    texts.every((text) => typeof text !== 'string' || conceal(text) === text) &&
    (!Array.isArray(rejected) || rejected.every((inner) => isShowable(inner, conceal)))
  );
}
