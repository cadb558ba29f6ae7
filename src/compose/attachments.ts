import {
  ATTACHMENT,
  type AttachmentDraft,
  type AttachmentField,
  type AttachmentSource,
  isStream,
  parseAttachment,
} from '../message/parts/attachment.js';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { detectMimeType } from 'nodemailer/lib/mime-funcs';
import { show } from '../errors/show.js';
import { type Fields, isObject, knownFields } from '../message/values/fields.js';
import { calendarType } from '../message/parts/calendar-method.js';
import { asciiFilename, parseFilename } from '../message/parts/filename.js';
import { withCharset } from '../message/parts/media-type.js';
import type { MessageAttachment } from '../message/message.js';
import { invalid } from '../message/values/refusal.js';
import { type ContentSettings, readContent } from './content.js';

/** An attachment of the caller, with each of its fields read once. */
export interface GivenAttachment {
  readonly value: unknown;
  readonly fields: Fields<AttachmentField>;
}

export interface AttachmentSettings extends Omit<ContentSettings, 'signal'> {
  readonly signal?: AbortSignal | undefined;
  readonly asciiFilenames: boolean;
}

const MAX_ATTACHMENTS = 1000;
const UNKNOWN_TYPE = 'application/octet-stream';

/** @throws {MailError} `message-invalid` if the value is not a list */
export function givenAttachments(value: unknown): readonly GivenAttachment[] {
  const expected = `an array of at most ${MAX_ATTACHMENTS} attachments`;
  if (!Array.isArray(value)) throw invalid({ field: 'attachments', expected, found: show(value) });
  if (value.length > MAX_ATTACHMENTS) {
    throw invalid({ field: 'attachments', expected, found: `${value.length}` });
  }
  return Array.from(value, (item: unknown) => ({
    value: item,
    fields: isObject(item) ? knownFields(item, ATTACHMENT.known) : new Map(),
  }));
}

/** Checks attachments without reading a byte. */
export function draftAttachments(given: readonly GivenAttachment[]): readonly AttachmentDraft[] {
  return given.map(({ value, fields }, index) => {
    const field = `attachments[${index}]`;
    if (isObject(value)) return parseAttachment(value, fields, field);
    throw invalid({ field, expected: '{ filename, content } or { path }', found: show(value) });
  });
}

/**
 * Reads all attachments at once: a stream that waits for its turn could fail without a listener. If one fails, the others are
 * stopped, and nothing stays open.
 * @throws {MailError} `message-invalid`, `aborted`
 */
export async function readAttachments(
  drafts: readonly AttachmentDraft[],
  settings: AttachmentSettings,
): Promise<readonly MessageAttachment[]> {
  if (drafts.length === 0) return [];
  const failed = new AbortController();
  const signal = settings.signal ? AbortSignal.any([settings.signal, failed.signal]) : failed.signal;
  const reads = drafts.map((draft) => readAttachment(draft, { ...settings, signal }));
  try {
    return await Promise.all(reads);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(reads);
    throw error;
  }
}

/** Closes the streams of a refused mail, which nothing will read. */
export function destroyStreams(given: readonly GivenAttachment[]): void {
  for (const { fields } of given) {
    const content = fields.get('content');
    if (isStream(content)) discard(content);
  }
}

function discard(stream: Readable): void {
  // A file that cannot be opened reports that later; without a listener the error ends the process.
  stream.on('error', () => {});
  stream.destroy();
}

async function readAttachment(
  { source, field, part }: AttachmentDraft,
  settings: AttachmentSettings & ContentSettings,
): Promise<MessageAttachment> {
  const filename = part.filename ?? nameOfFile(source, field);
  const content = await readContent(source, field, settings);
  return {
    ...part,
    ...(filename !== undefined && {
      filename: settings.asciiFilenames ? asciiFilename(filename) : filename,
    }),
    contentType: calendarType(contentTypeOf(source, part.contentType ?? guessType(filename)), content, field),
    content,
  };
}

function nameOfFile(source: AttachmentSource, field: string): string | undefined {
  return source.kind === 'file' ? parseFilename(basename(source.path), `${field}.path`) : undefined;
}

/** Finds the media type by the extension; undefined without one. */
function guessType(filename: string | undefined): string {
  return filename?.includes('.') ? detectMimeType(filename) : UNKNOWN_TYPE;
}

/** Strings are encoded in UTF-8, so that is the charset of a text. */
function contentTypeOf(source: AttachmentSource, type: string): string {
  return source.kind === 'text' && source.encoding === 'utf8' ? withCharset(type) : type;
}
