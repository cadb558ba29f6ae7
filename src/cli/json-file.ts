import { readFile } from 'node:fs/promises';
import { MailError, messageOf } from '../errors/mail-error.js';
import { isObject } from '../message/values/fields.js';

/** The content of a JSON object or the exports of a module. */
export type Values = Readonly<Record<string, unknown>>;

export interface JsonFile {
  readonly path: string;
  readonly text: string;
  readonly fields: Values;
}

/**
 * @returns undefined when there is no such file
 * @throws {MailError} `config` when it cannot be read or holds no JSON object
 */
export async function readJsonFile(path: string): Promise<JsonFile | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const fields = parsed(path, text);
  if (isObject(fields)) return { path, text, fields };
  throw new MailError('config', `${path}: expected a JSON object`, { at: { file: path } });
}

/**
 * @returns undefined when there is no such file
 * @throws {MailError} `config` when it cannot be read
 */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isObject(cause) && cause['code'] === 'ENOENT') return undefined;
    const message = `${path} cannot be read: ${messageOf(cause)}`;
    throw new MailError('config', message, { cause, at: { file: path } });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${path} is not valid JSON: ${messageOf(cause)}`;
    throw new MailError('config', message, { cause, at: { file: path } });
  }
}
