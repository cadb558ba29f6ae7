import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isKnown, supportOf } from '../../../src/check/clients/client-support.js';
import { FEATURES } from '../../../src/check/clients/features.js';
import { MAIL_CLIENTS } from '../../../src/check/clients/mail-client.js';
import { PROGRAMS, SUPPORT, SUPPORT_DATE } from '../../../src/check/clients/support-data.js';

const ROOT = join(__dirname, '..', '..', '..');
const FILE = join(ROOT, 'src/check/clients/support-data.ts');
const KIB = 1024;

test('the script writes the same table from the installed data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'support-'));
  const written = join(folder, 'support-data.ts');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/client-support.mjs'), written]);
  expect(await readFile(FILE, 'utf8')).toBe(await readFile(written, 'utf8'));
  await rm(folder, { recursive: true });
});

test('the table has its date and its licence, and stays small', async () => {
  const source = await readFile(FILE, 'utf8');
  expect(SUPPORT_DATE).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(source).toContain('Copyright (c) 2019 HTeuMeuLeu');
  expect(source).toContain('Permission is hereby granted');
  expect(source.length).toBeLessThan(32 * KIB);
});

test('every feature of the table is judged, and every judged feature is in the data', () => {
  const judged = FEATURES.map(({ slug }) => slug);
  expect(judged.filter((slug) => !isKnown(slug))).toEqual([]);
  expect(Object.keys(SUPPORT).filter((slug) => !judged.includes(slug))).toEqual([]);
  expect(judged.filter((slug, index) => judged.indexOf(slug) !== index)).toEqual([]);
});

test('every limit reads a note of a feature that has it', () => {
  const notesOf = (slug: string): readonly string[] =>
    MAIL_CLIENTS.flatMap((client) => supportOf(slug, client).flatMap(({ notes }) => notes));
  const limits = FEATURES.flatMap(({ slug, limits = [] }) => limits.map(({ note }) => ({ slug, note })));
  const unread = limits.filter(({ note }) =>
    limits
      .filter((other) => String(other.note) === String(note))
      .every(({ slug }) => !notesOf(slug).some((text) => note.test(text))),
  );
  expect(unread).toEqual([]);
});

test('the table and the clients are in the same order', () => {
  expect(Object.keys(PROGRAMS)).toEqual(MAIL_CLIENTS);
  const wrong = Object.entries(SUPPORT).filter(([, support]) => {
    return !/^(?:[yanu][\d,]*(?:\|[yanu][\d,]*)*(?: |$)){6}$/.test(support);
  });
  expect(wrong).toEqual([]);
});
