import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderedMessage } from '../../message/message.js';
import { isObject } from '../../message/values/fields.js';
import { decodeMessage, encodeMessage, messageBytes } from '../../queue/record/message-bytes.js';
import { parsedJson } from '../../queue/record/parsed-json.js';
import type { CapturedMail } from './captured-mail.js';

/** The message and the source of a mail. */
export interface MailContent {
  readonly message: RenderedMessage;
  /** RFC 5322 source, as sent over SMTP. */
  readonly source: Buffer;
}

/** Milliseconds that writing the files of one mail may take; older incomplete files are leftovers. */
const MAX_WRITE_MS = 60_000;
const ID = /^[0-9a-f]{32}$/;

/**
 * The folder of captured mails, with three files per mail: `<id>.eml` is its source, `<id>.mail` the message, and
 * `<id>.json` its index record. The `.json` is renamed into place last and removed first, so a mail with a `.json`
 * is complete. The folder has mode 0700, files 0600.
 */
export class MailFiles {
  /** Absolute path. */
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Reads all mails, oldest first. Removes files of incomplete mails. */
  async load(): Promise<readonly CapturedMail[]> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const names = await readdir(this.dir);
    const mails: CapturedMail[] = [];
    for (const name of names.filter((each) => each.endsWith('.json'))) {
      const mail = await this.#read(name);
      if (mail) mails.push(mail);
    }
    const whole = new Set(mails.map(({ id }) => id));
    await Promise.all(names.filter((name) => !whole.has(idOf(name))).map((name) => this.#removeStale(name)));
    return mails.toSorted((a, b) => a.order - b.order);
  }

  async write(mail: CapturedMail, { message, source }: MailContent): Promise<void> {
    // Somebody may have deleted the folder.
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await writeFile(this.#path(mail.id, 'eml'), source, PRIVATE);
    await writeFile(this.#path(mail.id, 'mail'), messageBytes(encodeMessage(message)), PRIVATE);
    await this.rewrite(mail);
  }

  /** Replaces the index record. */
  async rewrite(mail: CapturedMail): Promise<void> {
    const path = this.#path(mail.id, 'json');
    await writeFile(`${path}.part`, JSON.stringify(mail), PRIVATE);
    await rename(`${path}.part`, path);
  }

  async remove(id: string): Promise<void> {
    for (const kind of ['json', 'mail', 'eml'] as const) await rm(this.#path(id, kind), { force: true });
  }

  async source(id: string): Promise<Buffer> {
    return readFile(this.#path(id, 'eml'));
  }

  async message(id: string): Promise<RenderedMessage> {
    return decodeMessage(await readFile(this.#path(id, 'mail')));
  }

  /** Keeps recent files: another process may still be writing them. */
  async #removeStale(name: string): Promise<void> {
    const path = join(this.dir, name);
    const isOurs = ID.test(idOf(name));
    if (isOurs && (await stat(path)).mtimeMs < Date.now() - MAX_WRITE_MS) await rm(path, { force: true });
  }

  async #read(name: string): Promise<CapturedMail | undefined> {
    const value = parsedJson(await readFile(join(this.dir, name), 'utf8'));
    return isCaptured(value) && name === `${value.id}.json` ? value : undefined;
  }

  /** Ids must be our own, never from a request, so that they cannot contain a path. */
  #path(id: string, kind: 'eml' | 'mail' | 'json'): string {
    return join(this.dir, `${id}.${kind}`);
  }
}

const PRIVATE = { mode: 0o600 } as const;

const idOf = (name: string): string => name.slice(0, name.indexOf('.'));

/** Checks only identifying fields: the file is our own and was written atomically. */
function isCaptured(value: unknown): value is CapturedMail {
  return (
    isObject(value) &&
    'id' in value &&
    typeof value.id === 'string' &&
    ID.test(value.id) &&
    'order' in value &&
    typeof value.order === 'number' &&
    'timeline' in value &&
    Array.isArray(value.timeline)
  );
}
