import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { textOf } from '../json-file.js';

/** A file that `init` creates, changes or keeps. */
export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly outcome: 'created' | 'changed' | 'kept';
  /** The purpose of the change, or why there is none. */
  readonly remark: string;
  /** The whole new content; absent when the file is kept. */
  readonly content?: string;
}

/** Creates a file unless it exists. */
export async function creation(path: string, content: string, remark: string): Promise<FileChange> {
  const there = (await textOf(path)) !== undefined;
  if (there) return { path, outcome: 'kept', remark: 'it is already there' };
  return { path, outcome: 'created', remark, content };
}

/** @throws {MailError} `config` when the file cannot be written, or has appeared since it was planned */
export async function perform({ path, outcome, content }: FileChange): Promise<void> {
  if (content === undefined) return;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: outcome === 'created' ? 'wx' : 'w' });
  } catch (cause) {
    const message = `${path} cannot be written: ${messageOf(cause)}`;
    throw new MailError('config', message, { cause, at: { file: path } });
  }
}
