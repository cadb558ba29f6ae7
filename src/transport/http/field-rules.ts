import { isAscii } from 'node:buffer';
import { detectExtension, detectMimeType } from 'nodemailer/lib/mime-funcs';
import { asciiAddress } from '../../message/address/address.js';
import type { RenderedMessage } from '../../message/message.js';
import { unsupported } from '../../message/values/refusal.js';
import { refuseForeignOptions } from '../foreign-options.js';
import type { FieldRule } from './provider.js';

/**
 * @throws {MailError} `unsupported` for the first field of a mail that a provider cannot say
 */
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

/** @param instead the way out */
export const noAlternatives =
  (instead: string): FieldRule =>
  ({ alternatives }) => {
    const [first] = alternatives;
    if (!first) return undefined;
    const field = /^text\/calendar\b/i.test(first.contentType) ? 'icalEvent' : 'alternatives';
    return { field, reason: `it takes html and text alone, not ${first.contentType}. ${instead}` };
  };

export const noPartHeaders: FieldRule = ({ attachments }) => {
  const index = attachments.findIndex(({ headers }) => Object.keys(headers).length > 0);
  if (index < 0) return undefined;
  return {
    field: `attachments[${index}].headers`,
    reason: 'its attachments have no headers. Leave them out',
  };
};

/** RFC 6531 is not for its addresses. */
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

/** Several lines of one name would become one. */
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

/** Bytes as base64 has them, and the bodies: what a provider counts. */
export const atMostBytes =
  (most: number, what: string): FieldRule =>
  ({ html = '', text = '', attachments }) => {
    const parts = attachments.reduce((sum, { content }) => sum + 4 * Math.ceil(content.byteLength / 3), 0);
    const total = parts + Buffer.byteLength(html) + Buffer.byteLength(text);
    if (total <= most) return undefined;
    const field = attachments.length > 0 ? 'attachments' : 'html';
    return { field, reason: `it takes at most ${what}, and this mail has ${total} bytes as it is sent` };
  };

/** Options of the provider on the mail, by their names. */
export const knownOptions =
  (provider: string, known: readonly string[]): FieldRule =>
  ({ provider: options }) => {
    const given = options?.[provider];
    const name = Object.keys(given ?? {}).find((key) => !known.includes(key));
    return name === undefined
      ? undefined
      : {
          field: `provider.${provider}.${name}`,
          reason: `it has no such option here; known are ${known.join(', ')}`,
        };
  };

/** The provider shows only attachments with a cid inline. */
export const inlineHasCid: FieldRule = ({ attachments }) => {
  const index = attachments.findIndex(
    ({ disposition, cid }) => disposition === 'inline' && cid === undefined,
  );
  if (index < 0) return undefined;
  const reason = 'it shows an attachment inline by its cid alone. Give it one';
  return { field: `attachments[${index}].disposition`, reason };
};

/** @param refused extensions, without their dots */
export const allowedExtensions =
  (refused: ReadonlySet<string>): FieldRule =>
  ({ attachments }) => {
    const index = attachments.findIndex(({ filename = '' }) => refused.has(extensionOf(filename)));
    if (index < 0) return undefined;
    const extension = extensionOf(attachments[index]?.filename ?? '');
    return {
      field: `attachments[${index}].filename`,
      reason: `it takes no file that ends with .${extension}`,
    };
  };

/** What no list knows. */
const UNKNOWN_TYPE = 'application/octet-stream';

/** A file whose name says another type than its own: some take such a mail, and drop it later without a word. */
export const typesFitNames: FieldRule = ({ attachments }) => {
  const index = attachments.findIndex(({ filename = '', contentType }) => isOdd(filename, contentType));
  const { filename = '', contentType = '' } = attachments[index] ?? {};
  if (index < 0) return undefined;
  const reason = `it drops mails with a file whose name says ${detectMimeType(filename)} and whose type says ${contentType}. Let them agree`;
  return { field: `attachments[${index}].contentType`, reason };
};

function isOdd(filename: string, contentType: string): boolean {
  const byName = filename.includes('.') ? detectMimeType(filename) : UNKNOWN_TYPE;
  const type = contentType.replace(/;.*/s, '').trim().toLowerCase();
  return byName !== UNKNOWN_TYPE && byName !== type && detectExtension(type) !== extensionOf(filename);
}

function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf('.');
  return dot < 0 ? '' : filename.slice(dot + 1).toLowerCase();
}
