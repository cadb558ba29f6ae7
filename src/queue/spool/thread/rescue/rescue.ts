import { closeSync, existsSync, openSync, readSync, renameSync } from 'node:fs';
import { openDatabase } from '../../../sqlite/open-database.js';
import { isDamage } from '../../../sqlite/sqlite-code.js';
import type { SpoolNotice } from '../../channel/protocol.js';
import { messageOf } from '../../../../errors/mail-error.js';
import { CHANGE_WORDS } from '../spool-fault.js';
import { LOG_FILES } from '../disk/spool-files.js';
import { SpoolStore } from '../spool-store.js';
import type { ReadAt } from './loose-bodies.js';
import { hasTakenIn, Merge, type Merged } from './merge.js';

/** A store that replaces one that could not go on. */
export interface Rescued {
  readonly store: SpoolStore;
  /** Undefined when another process rescued the spool and reports it. */
  readonly notice: SpoolNotice | undefined;
}

/** Suffix of files that are being taken over. If the process dies meanwhile, the next one finishes that. */
const UNDER_WAY = '-rescue';

/**
 * Opens a new spool when the file is damaged or has left its path, and takes over all mails that can be read: a deleted
 * file is still whole for a process that has it open. A damaged file is moved away and kept.
 * @throws {MailError} `config`, and any error of the driver; the old store is then as it was
 */
export async function rescue(old: SpoolStore, error: unknown): Promise<Rescued> {
  hold(old);
  try {
    const change = old.files.change();
    if (change === undefined) await writeBack(old.request.path);
    if (change === 'gone' || change === 'replaced') old.files.removeLog();
    else moveAway(old.request.path);
    const store = await SpoolStore.open({ ...old.request, held: [...old.held] });
    const merged = takeIn(store, old);
    end(old);
    const what = change ? CHANGE_WORDS[change] : damaged(error);
    return { store, notice: merged && noticeOf(store, what, merged) };
  } catch (failure) {
    release(old);
    throw failure;
  }
}

/** Holds the write lock: other processes that have the files open wait, and then notice what happened to them. */
function hold({ database }: SpoolStore): void {
  try {
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    // No process can write to files that are so badly damaged.
    if (!isDamage(error)) throw error;
  }
}

function release({ database }: SpoolStore): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // An error of the disk has already ended the transaction.
  }
}

/** Releases the lock first: libsql closes a database only once its statements are collected. */
function end(old: SpoolStore): void {
  release(old);
  old.close();
}

/** Finishes the rescue of a process that died during one. Never throws: the mails in the spool go on. */
export async function finishRescue(store: SpoolStore): Promise<SpoolNotice | undefined> {
  const { request } = store;
  const path = `${request.path}${UNDER_WAY}`;
  if (!existsSync(path)) return undefined;
  try {
    const left = await SpoolStore.open({ ...request, path });
    const merged = mergeLeft(store, left);
    return merged && noticeOf(store, 'was damaged when its process ended', merged);
  } catch (error) {
    const message = `Mails in ${path}, which was the mail spool ${request.path} until it was damaged, could not be brought over: ${messageOf(error)}. Rescue them with \`sqlite3 ${path} .recover\`.`;
    return { message, corrupt: [] };
  }
}

function mergeLeft(store: SpoolStore, left: SpoolStore): Merged | undefined {
  try {
    hold(left);
    return merge(store, left);
  } finally {
    end(left);
  }
}

function takeIn(store: SpoolStore, old: SpoolStore): Merged | undefined {
  try {
    const merged = merge(store, old);
    for (const seq of merged?.renumbered ?? []) store.held.delete(seq);
    return merged;
  } catch (error) {
    store.close();
    throw error;
  }
}

function merge(store: SpoolStore, old: SpoolStore): Merged | undefined {
  const isCopy = old.id === store.id || hasTakenIn(old.database, store.id);
  if (old.id === store.id) store.renameSelf();
  const file = movedFile(store.request.path);
  try {
    const readAt = file === undefined ? undefined : readerOf(file);
    return new Merge(old, store.database, { cipher: store.cipher, now: Date.now(), isCopy, readAt }).run();
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Opens the damaged file, to read it without SQLite. */
function movedFile(path: string): number | undefined {
  return existsSync(`${path}${UNDER_WAY}`) ? openSync(`${path}${UNDER_WAY}`, 'r') : undefined;
}

const readerOf =
  (file: number): ReadAt =>
  (position, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, position));
  };

/**
 * Writes the log back over a connection of its own, beside the lock: a process that opens half-moved files would lose
 * the log.
 */
async function writeBack(path: string): Promise<void> {
  try {
    const { database } = await openDatabase(path);
    database.prepare('PRAGMA wal_checkpoint(PASSIVE)').all();
    database.close();
  } catch {
    // The file is too damaged for that; the connection that has it open reads the log.
  }
}

function moveAway(path: string): void {
  if (existsSync(`${path}${UNDER_WAY}`)) keep(path);
  moveFiles(path, `${path}${UNDER_WAY}`);
}

/** Keeps the damaged file for inspection. @returns its path; undefined if there is none */
function keep(path: string): string | undefined {
  if (!existsSync(`${path}${UNDER_WAY}`)) return undefined;
  const kept = `${path}.damaged-${new Date().toISOString().replaceAll(/\D/g, '')}`;
  moveFiles(`${path}${UNDER_WAY}`, kept);
  return kept;
}

function moveFiles(from: string, to: string): void {
  for (const suffix of ['', ...LOG_FILES]) {
    if (existsSync(`${from}${suffix}`)) renameSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

const damaged = (error: unknown): string => `is damaged (${messageOf(error)})`;

function noticeOf({ request: { path } }: SpoolStore, what: string, merged: Merged): SpoolNotice {
  const kept = keep(path);
  const { mails, corrupt, missing } = merged;
  const sentences = [
    `The mail spool ${path} ${what}.`,
    `It goes on in the file that is there now, with the ${mails} mail${mails === 1 ? '' : 's'} that waited and could be read.`,
    ...(corrupt.length > 0 ? [`${corrupt.length} could not be read and were set aside.`] : []),
    ...(missing > 0 ? [`${missing} more were counted there and not found.`] : []),
    ...(kept === undefined ? [] : [`What was there is kept as ${kept}. Find out what damaged the disk.`]),
  ];
  return { message: sentences.join(' '), corrupt };
}
