import type { Readable } from 'node:stream';
import { abortError } from '../errors/abort.js';
import { codeOf, MailError } from '../errors/mail-error.js';
import { show } from '../errors/show.js';
import type { AttachmentSource, TextEncoding } from '../message/parts/attachment.js';
import { asBuffer, isBytes } from '../message/parts/bytes.js';
import type { SizeBudget } from '../message/values/limits.js';
import { invalid } from '../message/values/refusal.js';
import { openFile } from './file.js';

export interface ContentSettings {
  /** Absolute folders that files may be read from. */
  readonly attachmentRoots: readonly string[];
  /** The bytes that may still be read, shared by all parts of a message. */
  readonly budget: SizeBudget;
  readonly signal: AbortSignal;
}

/**
 * Reads the bytes of one attachment.
 * @throws {MailError} `message-invalid`, `aborted`
 */
export async function readContent(
  source: AttachmentSource,
  field: string,
  settings: ContentSettings,
): Promise<Buffer> {
  if (source.kind === 'file') return readFile(source.path, `${field}.path`, settings);
  const at = `${field}.content`;
  if (source.kind === 'stream') return readStream(unread(source.stream, at), at, settings);
  if (source.kind === 'text') return decode(source.text, source.encoding, at, settings.budget);
  settings.budget.spend(source.bytes.byteLength, at);
  return asBuffer(source.bytes);
}

async function readFile(path: string, field: string, settings: ContentSettings): Promise<Buffer> {
  const stream = await openFile(path, field, settings.attachmentRoots);
  return readStream(stream, field, settings);
}

const SHAPES: Readonly<Record<TextEncoding, RegExp>> = {
  utf8: /^/,
  // The padding is required, or the expression could match white space in many ways.
  base64: /^[A-Za-z0-9+/_\s-]*(?:={1,2}\s*)?$/,
  hex: /^[0-9A-Fa-f]*$/,
};

function decode(text: string, encoding: TextEncoding, field: string, budget: SizeBudget): Buffer {
  budget.spend(Buffer.byteLength(text, encoding), field);
  const isWhole = encoding !== 'hex' || text.length % 2 === 0;
  if (isWhole && SHAPES[encoding].test(text)) return Buffer.from(text, encoding);
  // Node stops at the first unknown character, and would send half a file.
  const fix = text.startsWith('data:') ? 'Leave out the head of the data: URL' : undefined;
  throw invalid({ field, expected: `${encoding} text`, found: 'other characters', fix });
}

function unread(stream: Readable, field: string): Readable {
  if (!stream.destroyed && !stream.readableDidRead && !stream.readableEnded) return stream;
  const fix = 'A stream serves one mail: open a new one, or pass a Buffer';
  throw invalid({ field, expected: 'a fresh stream', found: 'a used one', fix });
}

/** Reads a stream. Leaving the loop in `collect` destroys it; the signal destroys a silent one. */
async function readStream(stream: Readable, field: string, settings: ContentSettings): Promise<Buffer> {
  const done = new AbortController();
  try {
    // A race, because a stream may fail to close without an event.
    return await Promise.race([
      collect(stream, field, settings.budget),
      stopped(stream, settings.signal, done.signal),
    ]);
  } catch (error) {
    throw MailError.is(error) ? error : streamError(error, field);
  } finally {
    done.abort();
  }
}

/** Rejects when `signal` fires, and destroys the stream; stops listening when `done` fires. */
function stopped(stream: Readable, signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      stream.destroy();
      reject(abortError(signal));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: done });
  });
}

async function collect(stream: Readable, field: string, budget: SizeBudget): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    const bytes = chunkBytes(chunk, stream, field);
    budget.spend(bytes.byteLength, field);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function chunkBytes(chunk: unknown, stream: Readable, field: string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, stream.readableEncoding ?? 'utf8');
  if (isBytes(chunk)) return asBuffer(chunk);
  throw invalid({
    field,
    expected: 'a stream of bytes or text',
    found: `a stream with ${show(chunk)} in it`,
  });
}

/** Keeps the fault's message in `cause`: it may quote a remote store. */
function streamError(error: unknown, field: string): MailError {
  return invalid({
    field,
    expected: 'content that can be read to its end',
    found: `an error ${codeOf(error)}`.trim(),
    cause: error,
  });
}
