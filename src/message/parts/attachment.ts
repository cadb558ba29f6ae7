import type { Readable } from 'node:stream';
import { show } from '../../errors/show.js';
import { isBytes } from './bytes.js';
import { fieldOr, type Fields, type FieldRules, isObject, refuseOthers } from '../values/fields.js';
import { parseFilename } from './filename.js';
import { parsePartHeaders } from '../headers/header.js';
import { parseLine } from '../values/line.js';
import { parseMediaType } from './media-type.js';
import type { Headers } from '../message.js';
import { invalid } from '../values/refusal.js';

/** The checked description of an attachment. */
export interface PartDescription {
  readonly filename?: string;
  readonly contentType?: string;
  readonly cid?: string;
  readonly disposition: 'attachment' | 'inline';
  readonly headers: Headers;
}

/** A checked attachment with bytes that are not read yet. */
export interface AttachmentDraft {
  /** Its path in the mail: `attachments[0]`. */
  readonly field: string;
  readonly part: PartDescription;
  readonly source: AttachmentSource;
}

export type TextEncoding = 'utf8' | 'base64' | 'hex';

export type AttachmentSource =
  | { readonly kind: 'text'; readonly text: string; readonly encoding: TextEncoding }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly stream: Readable }
  | { readonly kind: 'file'; readonly path: string };

const MAX_CID = 255;
const MAX_PATH = 4096;

const KNOWN = [
  'filename',
  'contentType',
  'cid',
  'disposition',
  'headers',
  'content',
  'encoding',
  'path',
] as const;
export type AttachmentField = (typeof KNOWN)[number];

export const ATTACHMENT: FieldRules<AttachmentField> = {
  known: KNOWN,
  renamed: new Map([
    ['contentDisposition', 'disposition'],
    ['contentId', 'cid'],
    ['data', 'content'],
    ['mimetype', 'contentType'],
    ['name', 'filename'],
    ['type', 'contentType'],
  ]),
  unsupported: new Map([
    ['contentTransferEncoding', 'The transfer encoding is chosen from the content.'],
    ['href', 'Nothing is fetched from the network while a mail is composed: fetch it and pass content.'],
    ['httpHeaders', 'Nothing is fetched from the network while a mail is composed.'],
    ['raw', 'A part is composed from its fields, so that no header can be smuggled in.'],
  ]),
};

/**
 * Checks an attachment from its fields, and reads no bytes.
 * @throws {MailError} `message-invalid` or `unsupported`
 */
export function parseAttachment(
  value: object,
  fields: Fields<AttachmentField>,
  field: string,
): AttachmentDraft {
  refuseOthers(value, field, ATTACHMENT);
  return { field, part: parsePart(fields, field), source: parseSource(fields, field) };
}

/**
 * Checks the description of an attachment, apart from its content.
 * @throws {MailError} `message-invalid`
 */
export function parsePart(fields: Fields<AttachmentField>, field: string): PartDescription {
  const cid = fields.has('cid') ? parseCid(fields.get('cid'), `${field}.cid`) : undefined;
  return {
    ...(fields.has('filename') && { filename: parseFilename(fields.get('filename'), `${field}.filename`) }),
    ...(fields.has('contentType') && {
      contentType: parseMediaType(fields.get('contentType'), `${field}.contentType`),
    }),
    ...(cid !== undefined && { cid }),
    disposition: parseDisposition(fields.get('disposition'), `${field}.disposition`, cid),
    headers: parsePartHeaders(fieldOr(fields, 'headers', {}), `${field}.headers`),
  };
}

/** Checks the shape: a stream may come from another copy of the stream library. */
export function isStream(value: unknown): value is Readable {
  return isObject(value) && Symbol.asyncIterator in value && 'pipe' in value && 'destroy' in value;
}

function parseSource(fields: Fields<AttachmentField>, field: string): AttachmentSource {
  if (fields.has('content') === fields.has('path')) {
    const found = fields.has('path') ? 'both' : 'neither';
    throw invalid({ field, expected: 'either content or path', found });
  }
  if (fields.has('path')) return parsePath(fields.get('path'), fields.has('encoding'), field);
  const content = fields.get('content');
  const encoding = parseEncoding(fieldOr(fields, 'encoding', 'utf8'), `${field}.encoding`);
  if (typeof content === 'string') return { kind: 'text', text: content, encoding };
  if (isBytes(content)) return { kind: 'bytes', bytes: content };
  if (isStream(content)) return { kind: 'stream', stream: content };
  const expected = 'a string, a Buffer, a Uint8Array or a readable stream';
  throw invalid({ field: `${field}.content`, expected, found: show(content) });
}

function parsePath(value: unknown, encoded: boolean, field: string): AttachmentSource {
  if (encoded) throw invalid({ field: `${field}.encoding`, expected: 'it beside content only', found: 'it' });
  const path = parseLine(value, `${field}.path`, MAX_PATH);
  const expected = 'the path of a file under one of attachments.roots';
  if (path === '') throw invalid({ field: `${field}.path`, expected, found: show(path) });
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    const fix = 'A URL is not read; pass the path of a file, or content';
    throw invalid({ field: `${field}.path`, expected, found: show(path), fix });
  }
  return { kind: 'file', path };
}

function parseEncoding(value: unknown, field: string): TextEncoding {
  if (value === 'utf8' || value === 'base64' || value === 'hex') return value;
  throw invalid({ field, expected: "'utf8', 'base64' or 'hex'", found: show(value) });
}

function parseDisposition(value: unknown, field: string, cid: string | undefined): 'attachment' | 'inline' {
  if (value === undefined) return cid === undefined ? 'attachment' : 'inline';
  if (value === 'attachment' || value === 'inline') return value;
  throw invalid({ field, expected: "'attachment' or 'inline'", found: show(value) });
}

/** Reads the text after `cid:` in the html (RFC 2392); the header gets it in brackets. */
function parseCid(value: unknown, field: string): string {
  const cid = parseLine(value, field, MAX_CID);
  if (/^[!-;=?-~]+$/.test(cid)) return cid;
  const expected = 'printable ASCII without spaces and angle brackets';
  throw invalid({ field, expected, found: show(cid) });
}
