import { crc32 } from 'node:zlib';
import { asBuffer } from '../../message/parts/bytes.js';
import { checkRendered } from '../../message/rendered.js';
import type { NewMail } from '../mail-queue.js';
import { decodeMessage, encodeMessage, isKnownLayout, messageBytes } from '../record/message-bytes.js';
import type { Seal } from '../record/seal.js';

/** A mail as the columns of a table. */
export interface OutboxRecord {
  /** Sealed: the length of the schedule's JSON in 4 bytes, that JSON, the message as a spool has it. */
  readonly content: Buffer;
  /** CRC-32 of the content in hexadecimal, against what befalls a value on its way through drivers and disks. */
  readonly checksum: string;
}

/** All of a mail but its message. */
interface Schedule extends Omit<NewMail, 'message' | 'dueAt' | 'expiresAt'> {
  /** ISO 8601. */
  readonly dueAt: string;
  readonly expiresAt: string;
}

const HEAD = 4;

export function encodeRecord({ message, ...schedule }: NewMail, seal: Seal): OutboxRecord {
  const json = Buffer.from(JSON.stringify(schedule));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(json.byteLength);
  const clear = Buffer.concat([head, json, messageBytes(encodeMessage(message))]);
  const content = asBuffer(seal.close(clear));
  return { content, checksum: checksumOf(content) };
}

/** @throws {Error} that says why the record cannot be trusted */
export function decodeRecord({ content, checksum }: OutboxRecord, seal: Seal): NewMail {
  if (content.byteLength === 0) throw new Error('its record is empty');
  if (checksumOf(content) !== checksum) throw new Error('its record does not match its checksum');
  const clear = asBuffer(seal.open(content));
  const end = HEAD + clear.readUInt32BE();
  const bytes = clear.subarray(end);
  if (!isKnownLayout(bytes)) {
    throw new Error(`its record is of a version (${bytes[0]}) that is unknown here`);
  }
  const schedule = readSchedule(clear.toString('utf8', HEAD, end));
  return { ...schedule, message: checkRendered(decodeMessage(bytes)) };
}

const checksumOf = (content: Buffer): string => crc32(content).toString(16).padStart(8, '0');

function readSchedule(json: string): Omit<NewMail, 'message'> {
  const stored: unknown = JSON.parse(json);
  if (!isSchedule(stored)) throw new TypeError('its record holds no mail');
  const { dueAt, expiresAt, ...rest } = stored;
  return { ...rest, dueAt: new Date(dueAt), expiresAt: new Date(expiresAt) };
}

/** Not more: a checksum has proven that the bytes are those that were written. */
function isSchedule(value: unknown): value is Schedule {
  return typeof value === 'object' && value !== null && 'dueAt' in value && 'expiresAt' in value;
}
