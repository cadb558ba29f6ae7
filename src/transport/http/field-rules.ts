import { isAscii } from 'node:buffer';
import { detectExtension, detectMimeType } from 'nodemailer/lib/mime-funcs';
import { asciiAddress } from '../../message/address/address.js';
import type { MessageAttachment, RenderedMessage } from '../../message/message.js';
import { unsupported } from '../../message/values/refusal.js';
import { refuseForeignOptions } from '../foreign-options.js';
import type { FieldRule } from './provider.js';

/** @throws {MailError} `unsupported` for the first field of a mail that a provider cannot express */
export function checkFields(
  message: RenderedMessage,
  rules: readonly FieldRule[],
  { name, title }: { readonly name: string; readonly title: string },
): void {
  refuseForeignOptions(message, title, name);
  for (const rule of rules) {
    const found = rule(message);
    if (found) throw unsupported(found.field, `${title}: ${found.reason}`);
  }
}

/** The provider has a bounce address of its own. */
export const ownBounceAddress: FieldRule = ({ envelope, from, sender }) => {
  const own = [from, sender].some((mailbox) => mailbox && asciiAddress(mailbox.address) === envelope.from);
  if (own) return undefined;
  const reason = 'bounces go to an address of its own. Leave envelope.from out, or send by SMTP';
  return { field: 'envelope.from', reason };
};

export const noDeliveryStatus: FieldRule = ({ envelope }) =>
  envelope.dsn && { field: 'dsn', reason: 'it reports by webhooks alone. Leave dsn out, or send by SMTP' };

/** @param instead the alternative for the caller */
export const noAlternatives =
  (instead: string): FieldRule =>
  ({ alternatives }) => {
    const [first] = alternatives;
    if (!first) return undefined;
    const field = /^text\/calendar\b/i.test(first.contentType) ? 'icalEvent' : 'alternatives';
    return { field, reason: `it takes html and text alone, not ${first.contentType}. ${instead}` };
  };

export const noPartHeaders = attachmentRule(
  'headers',
  ({ headers }) => Object.keys(headers).length > 0,
  () => 'its attachments have no headers. Leave them out',
);

/** The provider does not support addresses of RFC 6531. */
export const asciiLocalParts: FieldRule = ({ from, sender, replyTo, to, cc, envelope }) => {
  const named = { from: [from], sender: sender ? [sender] : [], replyTo, to, cc };
  for (const [field, mailboxes] of Object.entries(named)) {
    if (!mailboxes.every(({ address }) => hasAsciiLocalPart(address))) return { field, reason: NO_EAI };
  }
  return envelope.to.every(hasAsciiLocalPart) ? undefined : { field: 'bcc', reason: NO_EAI };
};

const NO_EAI = 'it takes no address whose part before the @ is beyond ASCII. Send that mail by SMTP';

const hasAsciiLocalPart = (address: string): boolean =>
  isAscii(Buffer.from(address.slice(0, address.lastIndexOf('@'))));

export const atMostRecipients =
  (most: number): FieldRule =>
  ({ envelope }) =>
    envelope.to.length > most
      ? { field: 'to', reason: `it takes at most ${most} recipients, and there are ${envelope.to.length}` }
      : undefined;

export const atMostReplyTo =
  (most: number): FieldRule =>
  ({ replyTo }) =>
    replyTo.length > most
      ? { field: 'replyTo', reason: `it takes at most ${most}, and there are ${replyTo.length}` }
      : undefined;

export const noEmptyBody: FieldRule = ({ html = '', text = '' }) =>
  html === '' && text === ''
    ? { field: 'text', reason: 'it takes no mail without a text or html' }
    : undefined;

export const noEmptySubject: FieldRule = ({ subject }) =>
  subject === '' ? { field: 'subject', reason: 'it takes no mail without a subject' } : undefined;

/** The provider would merge several lines of one name. */
export const oneLineHeaders: FieldRule = ({ headers }) => {
  const name = Object.keys(headers).find(
    (key) => typeof headers[key] !== 'string' && headers[key]?.length !== 1,
  );
  return name === undefined
    ? undefined
    : { field: `headers.${name}`, reason: 'it takes each header once. Join the values, or send by SMTP' };
};

export const forbiddenHeaders =
  (forbidden: ReadonlySet<string>): FieldRule =>
  ({ headers }) => {
    const name = Object.keys(headers).find((key) => forbidden.has(key.toLowerCase()));
    return name === undefined
      ? undefined
      : { field: `headers.${name}`, reason: 'it keeps that header to itself' };
  };

export interface LabelRule {
  readonly most: number;
  readonly pattern: RegExp;
  /** Describes the pattern. */
  readonly expected: string;
}

export const tagsLike =
  ({ most, pattern, expected }: LabelRule): FieldRule =>
  ({ tags }) => {
    if (tags.length > most) {
      return { field: 'tags', reason: `it takes at most ${most}, and there are ${tags.length}` };
    }
    const index = tags.findIndex((tag) => !pattern.test(tag));
    return index < 0 ? undefined : { field: `tags[${index}]`, reason: `it takes ${expected}` };
  };

export const metadataLike =
  ({ most, pattern, expected }: LabelRule, names: RegExp): FieldRule =>
  ({ metadata }) => {
    const entries = Object.entries(metadata);
    if (entries.length > most) {
      return {
        field: 'metadata',
        reason: `it takes at most ${most} values, and there are ${entries.length}`,
      };
    }
    const bad = entries.find(([name, value]) => !names.test(name) || !pattern.test(value));
    return bad && { field: `metadata.${bad[0]}`, reason: `it takes ${expected}` };
  };

/** Returns the size as a provider counts it: attachments in base64, and the bodies. */
export const atMostBytes =
  (most: number, what: string): FieldRule =>
  ({ html = '', text = '', attachments }) => {
    const parts = attachments.reduce((sum, { content }) => sum + 4 * Math.ceil(content.byteLength / 3), 0);
    const total = parts + Buffer.byteLength(html) + Buffer.byteLength(text);
    if (total <= most) return undefined;
    const field = attachments.length > 0 ? 'attachments' : 'html';
    return { field, reason: `it takes at most ${what}, and this mail has ${total} bytes as it is sent` };
  };

/** Checks the provider's own options of the mail. */
export const knownOptions =
  (provider: string, known: readonly string[]): FieldRule =>
  ({ provider: options }) => {
    const given = options?.[provider];
    const name = Object.keys(given ?? {}).find((key) => !known.includes(key));
    return name === undefined
      ? undefined
      : {
          field: `provider.${provider}.${name}`,
          reason:
            known.length > 0
              ? `it has no such option here; known are ${known.join(', ')}`
              : 'it has no options here',
        };
  };

/** The provider has no Sender beside From. */
export const noSender: FieldRule = ({ sender }) =>
  sender && { field: 'sender', reason: 'it knows From alone. Leave sender out, or send by SMTP' };

export const noTags: FieldRule = ({ tags }) =>
  tags.length > 0 ? { field: 'tags', reason: 'it has no tags. Use a header, or leave them out' } : undefined;

export const oneTag: FieldRule = ({ tags }) =>
  tags.length > 1 ? { field: 'tags', reason: 'it takes one tag. Use metadata for the others' } : undefined;

export const noMetadata: FieldRule = ({ metadata }) =>
  Object.keys(metadata).length > 0
    ? { field: 'metadata', reason: 'it has no metadata. Use a header, or leave it out' }
    : undefined;

/** The provider has no inline attachments. */
export const nothingInline = attachmentRule(
  'cid',
  ({ disposition, cid }) => disposition === 'inline' || cid !== undefined,
  () => 'it shows no attachment inline. Let html point at an image by https, or send by SMTP',
);

/** The provider shows only attachments with a cid inline. */
export const inlineHasCid = attachmentRule(
  'disposition',
  ({ disposition, cid }) => disposition === 'inline' && cid === undefined,
  () => 'it shows an attachment inline by its cid alone. Give it one',
);

/** @param refused extensions, without their dots */
export const allowedExtensions = (refused: ReadonlySet<string>): FieldRule =>
  attachmentRule(
    'filename',
    ({ filename = '' }) => refused.has(extensionOf(filename)),
    ({ filename = '' }) => `it takes no file that ends with .${extensionOf(filename)}`,
  );

/** Refuses files with a name of another type: some providers accept such a mail, and silently drop it later. */
export const typesFitNames = attachmentRule(
  'contentType',
  isOdd,
  ({ filename = '', contentType }) =>
    `it drops mails with a file whose name says ${detectMimeType(filename)} and whose type says ${contentType}. Let them agree`,
);

/** The provider finds the type of a file in its name. */
export const typesByNames = attachmentRule(
  'contentType',
  isOdd,
  () => 'it goes by the name, which says another type. Let them agree',
);

/** Refuses a field of the first bad attachment. */
export function attachmentRule(
  field: keyof MessageAttachment,
  isBad: (attachment: MessageAttachment) => boolean,
  reason: (attachment: MessageAttachment) => string,
): FieldRule {
  return ({ attachments }) => {
    const index = attachments.findIndex(isBad);
    const bad = attachments[index];
    return bad && { field: `attachments[${index}].${field}`, reason: reason(bad) };
  };
}

function isOdd({ filename = '', contentType }: MessageAttachment): boolean {
  // The type that `detectMimeType` gives to unknown names.
  const unknown = 'application/octet-stream';
  const byName = filename.includes('.') ? detectMimeType(filename) : unknown;
  const type = contentType.replace(/;.*/s, '').trim().toLowerCase();
  return byName !== unknown && byName !== type && detectExtension(type) !== extensionOf(filename);
}

/** Returns what a name ends with, without the dot, in lower case. */
export function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf('.');
  return dot < 0 ? '' : filename.slice(dot + 1).toLowerCase();
}
