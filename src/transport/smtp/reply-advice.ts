import type { SmtpReply } from '../../errors/mail-error.js';

const CHECK_ADDRESS = 'Check the address: the server knows no such mailbox';
const CHECK_SENDER = 'Check the sender: its domain has to exist, take mail, and be yours';
const MAILBOX = 'Only the owner of the mailbox can change that';
const LATER = 'Nothing is to be done here: the server has a trouble of its own';
const CONTENT = 'Look at the content, links and attachments: it was taken for unwanted or harmful';
const SMALLER = 'Make the mail smaller, or send a link instead of the attachment';
const FEWER = 'Send to fewer recipients at a time';
const SIGN = 'Check SPF, DKIM and DMARC of the sender domain';
const POLICY = 'The server has a rule against it: see what it says, and ask its postmaster';
const RELAY = 'This server takes no mail for that domain from us: log in, or use the one you may send by';
const PROTOCOL = 'The server did not understand the session: see it with `debug: true`';
const ROUTE = 'Check the domain of the address: the server finds no way to it';
const SLOWER = 'Send less at a time: the server limits how much it takes from us';
const UTF8 = 'Use ASCII addresses here, or a server that offers SMTPUTF8';
const ENCRYPTION = 'Ask the server what protection it wants: it refuses the mail as it is';

/** Advice by subject and detail of an enhanced code (RFC 3463, and IANA's registry for later ones). */
const BY_ENHANCED: Readonly<Record<string, string>> = {
  '1.0': CHECK_ADDRESS,
  '1.1': CHECK_ADDRESS,
  '1.2': ROUTE,
  '1.3': 'Check how the address is written',
  '1.4': 'Use a fuller address: it fits several mailboxes',
  '1.6': 'Ask for the new address: the mailbox has moved',
  '1.7': CHECK_SENDER,
  '1.8': CHECK_SENDER,
  '1.9': ROUTE,
  '1.10': 'Ask for another address: its domain takes no mail',
  '2.2': 'The mailbox is full, which only its owner can change',
  '2.3': SMALLER,
  '2.4': 'The mailing list is not set up right: ask its owner',
  '3.3': ENCRYPTION,
  '3.4': SMALLER,
  '4.4': ROUTE,
  '4.6': 'Ask the postmaster: mails to this address go round in circles',
  '4.7': 'It waited too long on its way to the next server',
  '5.3': FEWER,
  '6.7': UTF8,
  '6.8': UTF8,
  '6.9': UTF8,
  '6.10': UTF8,
  '7.2': 'Ask the owner of the mailing list: we may not write to it',
  '7.3': ENCRYPTION,
  '7.4': ENCRYPTION,
  '7.5': ENCRYPTION,
  '7.6': ENCRYPTION,
  '7.7': SIGN,
  '7.17': 'Ask for the new address: the mailbox has another owner now',
  '7.18': 'Ask for the new address: the domain has another owner now',
  '7.20': SIGN,
  '7.21': SIGN,
  '7.22': SIGN,
  '7.23': SIGN,
  '7.24': SIGN,
  '7.25': 'Give the sending address a reverse DNS name that leads back to it',
  '7.26': SIGN,
  '7.27': CHECK_SENDER,
  '7.28': SLOWER,
  '7.29': SIGN,
  '7.30': ENCRYPTION,
};

/** Advice by subject alone: address, mailbox, mail system, network, protocol, content, security. */
const BY_SUBJECT: Readonly<Record<string, string>> = {
  '1': CHECK_ADDRESS,
  '2': MAILBOX,
  '3': LATER,
  '4': LATER,
  '5': PROTOCOL,
  '6': CONTENT,
  '7': POLICY,
};

const BY_CODE: Readonly<Record<number, string>> = {
  450: 'The mailbox is busy, or the server wants to see a second attempt',
  451: 'The server has a trouble of its own, or wants to see a second attempt',
  452: 'The server has no room, or was given enough for now',
  500: PROTOCOL,
  501: PROTOCOL,
  502: PROTOCOL,
  504: PROTOCOL,
  521: ROUTE,
  550: 'See what the server says: the address may be wrong, or a rule is against it',
  551: RELAY,
  552: 'The mail is too large, or there are too many recipients, or the mailbox is full',
  553: 'Check how the addresses are written, and that you may send from this one',
  554: POLICY,
  555: PROTOCOL,
  556: 'Ask for another address: its domain takes no mail',
};

/** Returns advice about a refused mail or recipient, by codes alone. */
export function adviceOnReply({ code, enhanced }: SmtpReply): string | undefined {
  const [, subject = '', detail = ''] = enhanced?.split('.') ?? [];
  return BY_ENHANCED[`${subject}.${detail}`] ?? BY_SUBJECT[subject] ?? BY_CODE[code];
}
