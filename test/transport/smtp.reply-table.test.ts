import { MailError } from '../../src/errors/mail-error.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startScriptedServer } from '../support/scripted-server.js';

const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await expectNoOpenSockets();
});

async function failureOf(command: string, reply: string): Promise<MailError> {
  const server = await startScriptedServer((line) => (line.startsWith(command) ? reply : undefined));
  open.push(() => server.close());
  const transport = new SmtpTransport({ host: '127.0.0.1', port: server.port, tls: 'off' });
  open.push(() => transport.close());
  const error: unknown = await transport
    .send(renderedMessage(), { signal: new AbortController().signal })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (MailError.is(error)) return error;
  throw new Error(`expected a MailError, got ${String(error)}`, { cause: error });
}

/** The meaning of a reply: whose fault it is, and whether the mail is tried again. */
const OUTCOMES = {
  'no such recipient': { code: 'recipients-rejected', scope: 'recipient', retryable: false },
  'recipient later': { code: 'recipients-rejected', scope: 'recipient', retryable: true },
  'mail refused': { code: 'message-rejected', scope: 'mail', retryable: false },
  'mail later': { code: 'message-rejected', scope: 'mail', retryable: true },
  'login wanted': { code: 'authentication', scope: 'transport', retryable: true },
  'tls wanted': { code: 'tls', scope: 'transport', retryable: true },
  'server away': { code: 'transport-unavailable', scope: 'transport', retryable: true },
} as const;

type Row = readonly [command: string, reply: string, outcome: keyof typeof OUTCOMES, advice: string];

/** The text of a reply is written to mislead wherever a code says otherwise. */
const REPLIES: readonly Row[] = [
  // X.1: addresses
  ['RCPT', '550 5.1.0 cannot be reached', 'no such recipient', 'no such mailbox'],
  ['RCPT', '550 5.1.1 nobody of that name, try later', 'no such recipient', 'no such mailbox'],
  ['RCPT', '450 4.1.1 not known yet, never try again', 'recipient later', 'no such mailbox'],
  ['RCPT', '550-5.1.1 the account you wrote to\r\n550 is not here', 'no such recipient', 'no such mailbox'],
  ['RCPT', '550 5.1.2 no such host', 'no such recipient', 'no way to it'],
  ['RCPT', '450 4.1.2 the name server is silent', 'recipient later', 'no way to it'],
  ['RCPT', '501 5.1.3 that is no address', 'no such recipient', 'how the address is written'],
  ['RCPT', '553 5.1.3 two at signs', 'no such recipient', 'how the address is written'],
  ['RCPT', '550 5.1.4 which of the three', 'no such recipient', 'several mailboxes'],
  ['RCPT', '550 5.1.6 gone elsewhere', 'no such recipient', 'has moved'],
  ['RCPT', '551 5.1.6 moved to another house', 'no such recipient', 'has moved'],
  ['MAIL', '501 5.1.7 that is no sender', 'mail refused', 'Check the sender'],
  ['MAIL', '553 5.1.8 your domain does not exist', 'mail refused', 'Check the sender'],
  ['MAIL', '501 5.1.8 sender has no MX', 'mail refused', 'Check the sender'],
  ['MAIL', '451 4.1.8 your domain is not found at the moment', 'mail later', 'Check the sender'],
  ['RCPT', '550 5.1.9 the next server does not follow', 'no such recipient', 'no way to it'],
  ['RCPT', '556 5.1.10 takes no mail', 'no such recipient', 'takes no mail'],
  // X.2: mailboxes
  ['RCPT', '550 5.2.0 something about the mailbox', 'no such recipient', 'owner of the mailbox'],
  ['RCPT', '550 5.2.1 switched off', 'no such recipient', 'owner of the mailbox'],
  ['RCPT', '450 4.2.1 gets too much at the moment', 'recipient later', 'owner of the mailbox'],
  ['RCPT', '552 5.2.2 no room left', 'no such recipient', 'mailbox is full'],
  ['RCPT', '550 5.2.2 over its quota, later perhaps', 'no such recipient', 'mailbox is full'],
  ['RCPT', '452 4.2.2 over its quota', 'recipient later', 'mailbox is full'],
  ['END', '552 5.2.2 over its quota', 'mail refused', 'mailbox is full'],
  ['END', '552 5.2.3 longer than the owner wants', 'mail refused', 'smaller'],
  ['RCPT', '552 5.2.3 longer than the owner wants', 'no such recipient', 'smaller'],
  ['RCPT', '550 5.2.4 the list cannot be read', 'no such recipient', 'mailing list'],
  ['RCPT', '450 4.2.4 the list cannot be read', 'recipient later', 'mailing list'],
  // X.3: mail systems
  ['RCPT', '550 5.3.0 something about the system', 'no such recipient', 'of its own'],
  ['END', '554 5.3.0 something about the system', 'mail refused', 'of its own'],
  ['MAIL', '452 4.3.1 the disk is full', 'mail later', 'of its own'],
  ['END', '452 4.3.1 the disk is full', 'mail later', 'of its own'],
  ['MAIL', '554 5.3.2 not today', 'mail refused', 'of its own'],
  ['MAIL', '450 4.3.2 connection rate limit', 'mail later', 'of its own'],
  ['MAIL', '421 4.3.2 going down', 'server away', ''],
  ['RCPT', '554 5.3.3 cannot do that', 'no such recipient', 'protection'],
  ['MAIL', '552 5.3.4 larger than we take', 'mail refused', 'smaller'],
  ['END', '552 5.3.4 larger than we take', 'mail refused', 'smaller'],
  ['RCPT', '553 5.3.5 we seem to be it', 'no such recipient', 'of its own'],
  ['END', '451 4.3.5 set up in a wrong way', 'mail later', 'of its own'],
  // X.4: network and routing
  ['RCPT', '550 5.4.0 network', 'no such recipient', 'of its own'],
  ['RCPT', '450 4.4.1 no answer from the next host', 'recipient later', 'of its own'],
  ['RCPT', '550 5.4.1 recipient refused by its directory', 'no such recipient', 'of its own'],
  ['END', '451 4.4.2 line went dead', 'mail later', 'of its own'],
  ['MAIL', '421 4.4.2 you are too slow', 'server away', ''],
  ['RCPT', '451 4.4.3 directory does not answer', 'recipient later', 'of its own'],
  ['RCPT', '550 5.4.4 no route', 'no such recipient', 'no way to it'],
  ['MAIL', '451 4.4.5 so many mails', 'mail later', 'of its own'],
  ['MAIL', '421 4.4.5 so many mails', 'server away', ''],
  ['END', '554 5.4.6 in circles', 'mail refused', 'in circles'],
  ['END', '554 5.4.7 waited too long', 'mail refused', 'too long'],
  ['RCPT', '550 4.4.7 waited too long', 'no such recipient', 'too long'],
  // X.5: protocol
  ['MAIL', '500 5.5.0 what', 'mail refused', 'understand the session'],
  ['DATA', '502 5.5.1 no such command', 'mail refused', 'understand the session'],
  ['MAIL', '503 5.5.1 first things first', 'server away', ''],
  ['RCPT', '503 5.5.1 first things first', 'server away', ''],
  ['DATA', '503 5.5.1 first things first', 'server away', ''],
  ['MAIL', '501 5.5.2 not understood', 'mail refused', 'understand the session'],
  ['RCPT', '552 5.5.3 that is enough', 'recipient later', 'fewer recipients'],
  ['RCPT', '550 5.5.3 that is enough, for good', 'recipient later', 'fewer recipients'],
  ['RCPT', '554 5.5.3 that is enough', 'recipient later', 'fewer recipients'],
  ['RCPT', '452 4.5.3 that is enough', 'recipient later', 'fewer recipients'],
  ['RCPT', '552 that is enough', 'recipient later', 'too many recipients'],
  ['DATA', '554 5.5.3 that is enough', 'mail refused', 'fewer recipients'],
  ['MAIL', '555 5.5.4 no such parameter', 'mail refused', 'understand the session'],
  ['MAIL', '504 5.5.4 no such parameter', 'mail refused', 'understand the session'],
  ['END', '554 5.5.5 wrong version', 'mail refused', 'understand the session'],
  // X.6: content
  ['END', '554 5.6.0 scored too high', 'mail refused', 'content'],
  ['END', '554 5.6.1 no such media', 'mail refused', 'content'],
  ['END', '554 5.6.2 may not convert', 'mail refused', 'content'],
  ['END', '554 5.6.3 cannot convert', 'mail refused', 'content'],
  ['END', '554 5.6.5 could not convert', 'mail refused', 'content'],
  ['RCPT', '553 5.6.7 letters beyond ASCII', 'no such recipient', 'SMTPUTF8'],
  ['END', '554 5.6.9 header beyond ASCII', 'mail refused', 'SMTPUTF8'],
  ['END', '451 4.6.0 scanner is busy', 'mail later', 'content'],
  // X.7: security and policy
  ['RCPT', '550 5.7.0 not for you', 'no such recipient', 'a rule against it'],
  ['END', '552 5.7.0 attachment not allowed', 'mail refused', 'a rule against it'],
  ['RCPT', '554 5.7.1 we do not relay, log in', 'no such recipient', 'a rule against it'],
  ['RCPT', '550 5.7.1 your address is listed', 'no such recipient', 'a rule against it'],
  ['RCPT', '450 4.7.1 come again in five minutes', 'recipient later', 'a rule against it'],
  ['END', '550 5.7.1 looks like advertising', 'mail refused', 'a rule against it'],
  ['MAIL', '521 5.7.1 your address is listed', 'mail refused', 'a rule against it'],
  ['RCPT', '550 5.7.2 members only', 'no such recipient', 'mailing list'],
  ['END', '554 5.7.3 cannot be converted safely', 'mail refused', 'protection'],
  ['END', '554 5.7.5 cannot be deciphered', 'mail refused', 'protection'],
  ['END', '554 5.7.7 was changed on its way', 'mail refused', 'SPF, DKIM'],
  ['RCPT', '550 5.7.9 no', 'no such recipient', 'a rule against it'],
  ['RCPT', '550 5.7.17 belongs to somebody else now', 'no such recipient', 'another owner'],
  ['RCPT', '550 5.7.18 belongs to somebody else now', 'no such recipient', 'another owner'],
  ['END', '550 5.7.20 no signature', 'mail refused', 'SPF, DKIM'],
  ['END', '550 5.7.22 signed by others', 'mail refused', 'SPF, DKIM'],
  ['MAIL', '550 5.7.23 may not send for that domain', 'mail refused', 'SPF, DKIM'],
  ['MAIL', '451 4.7.24 could not look that up', 'mail later', 'SPF, DKIM'],
  ['MAIL', '550 5.7.25 your address has no name', 'mail refused', 'reverse DNS'],
  ['END', '550 5.7.26 nobody vouches for it', 'mail refused', 'SPF, DKIM'],
  ['MAIL', '550 5.7.27 sender takes no mail', 'mail refused', 'Check the sender'],
  ['END', '450 4.7.28 so many from you', 'mail later', 'less at a time'],
  ['END', '550 5.7.29 broken chain', 'mail refused', 'SPF, DKIM'],
  ['RCPT', '550 5.7.30 cannot keep it secret', 'no such recipient', 'protection'],
  ['END', '550 5.7.509 refused by what its domain asks for', 'mail refused', 'a rule against it'],
  ['RCPT', '550 5.7.606 your address is banned', 'no such recipient', 'a rule against it'],
  ['RCPT', '451 4.7.650 your address was slowed down', 'recipient later', 'a rule against it'],
  // The login, and TLS
  ['MAIL', '530 5.7.0 Must issue a STARTTLS command first', 'tls wanted', "tls: 'required'"],
  ['RCPT', '530 5.7.0 encryption is needed here', 'tls wanted', "tls: 'required'"],
  ['MAIL', '530 STARTTLS first', 'tls wanted', "tls: 'required'"],
  ['MAIL', '530 5.7.0 log in first', 'login wanted', 'username and password'],
  ['MAIL', '530 5.7.0 authentication needed, over TLS or not', 'login wanted', 'username and password'],
  ['MAIL', '530 5.7.1 STARTTLS is fine, now log in', 'login wanted', 'username and password'],
  ['RCPT', '530 5.7.57 who are you', 'login wanted', 'username and password'],
  ['MAIL', '550 5.7.1 STARTTLS first', 'mail refused', 'a rule against it'],
  ['MAIL', '523 5.7.10 in the clear, no', 'tls wanted', "tls: 'required'"],
  ['MAIL', '524 5.7.11 in the clear, no', 'tls wanted', "tls: 'required'"],
  ['MAIL', '538 5.7.11 in the clear, no', 'tls wanted', "tls: 'required'"],
  ['MAIL', '525 5.7.13 account is closed', 'login wanted', 'username and password'],
  ['MAIL', '534 5.7.9 too weak', 'login wanted', 'username and password'],
  ['MAIL', '535 5.7.8 wrong', 'login wanted', 'username and password'],
  ['MAIL', '432 4.7.12 change your password', 'login wanted', 'username and password'],
  // No enhanced code
  ['RCPT', '450 in use', 'recipient later', 'second attempt'],
  ['RCPT', '451 in use', 'recipient later', 'second attempt'],
  ['RCPT', '452 in use', 'recipient later', 'enough for now'],
  ['RCPT', '550 try later', 'no such recipient', 'what the server says'],
  ['RCPT', '551 not one of ours', 'no such recipient', 'no mail for that domain'],
  ['RCPT', '553 temporary', 'no such recipient', 'how the addresses are written'],
  ['RCPT', '554', 'no such recipient', 'a rule against it'],
  ['RCPT', '421 closing', 'server away', ''],
  ['MAIL', '550 domain and address do not fit', 'mail refused', 'what the server says'],
  ['END', '550 no', 'mail refused', 'what the server says'],
  ['END', '552 no', 'mail refused', 'too large'],
  ['END', '554 not this time', 'mail refused', 'a rule against it'],
  ['END', '599 whatever that is', 'mail refused', ''],
  ['END', '499 whatever that is', 'mail later', ''],
  ['BANNER', '554 5.7.1 your address is listed', 'server away', ''],
  ['EHLO', '421 4.7.0 too many of you', 'server away', ''],
];

test('the table is a hundred replies and more, each once', () => {
  expect(new Set(REPLIES.map(([command, reply]) => `${command} ${reply}`)).size).toBe(REPLIES.length);
  expect(REPLIES.length).toBeGreaterThan(100);
});

test.each(REPLIES)('%s: %j: %s', async (command, reply, outcome, advice) => {
  const error = await failureOf(command, reply);
  expect(error).toMatchObject({ ...OUTCOMES[outcome], outcome: 'not-sent' });
  const [said = '', advised = ''] = error.message.split(/(?<=[^.])\. (?=[A-Z])/, 2);
  expect(said).toContain(String(error.smtp?.code));
  if (advice === '') expect(advised).toBe('');
  else expect(advised).toContain(advice);
});
