/**
 * Writes src/check/clients/support-data.ts: the support of the judged mail programs for html and CSS, from the
 * tests of the Can I email project. An argument names another file for the result.
 *
 *     npm update caniemail && npm run client-support
 */
import { createRequire } from 'node:module';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'src/check/clients/support-data.ts');
const DATA = createRequire(import.meta.url).resolve('caniemail/caniemail.json');
const LINE = 110;

/**
 * Each client with its programs, `family/platform` in the data; the client view imitates the first one.
 * Gmail's mobile web page is left out: phones are sent on to the app, and it would mark nearly all of CSS.
 */
const CLIENTS = {
  Gmail: {
    'Gmail on the web': 'gmail/desktop-webmail',
    'Gmail on iOS': 'gmail/ios',
    'Gmail on Android': 'gmail/android',
  },
  'Outlook (Windows)': { 'Outlook on Windows': 'outlook/windows' },
  'Apple Mail': { 'Apple Mail on macOS': 'apple-mail/macos', 'Apple Mail on iOS': 'apple-mail/ios' },
  'Outlook.com': {
    'Outlook.com': 'outlook/outlook-com',
    'Outlook on iOS': 'outlook/ios',
    'Outlook on Android': 'outlook/android',
  },
  'Yahoo Mail': {
    'Yahoo on the web': 'yahoo/desktop-webmail',
    'AOL on the web': 'aol/desktop-webmail',
    'Yahoo on iOS': 'yahoo/ios',
    'Yahoo on Android': 'yahoo/android',
    'AOL on iOS': 'aol/ios',
    'AOL on Android': 'aol/android',
  },
  GMX: {
    'GMX on the web': 'gmx/desktop-webmail',
    'WEB.DE on the web': 'web-de/desktop-webmail',
    'GMX on iOS': 'gmx/ios',
    'GMX on Android': 'gmx/android',
    'WEB.DE on iOS': 'web-de/ios',
    'WEB.DE on Android': 'web-de/android',
  },
};

/** Features that are not judged. */
const LEFT_OUT = new Set(
  [
    // Invisible, or no part of html.
    'amp bimi css-comments css-cursor css-color-scheme css-resize css-user-select html-aria-describedby',
    'html-aria-hidden html-aria-label html-aria-labelledby html-aria-live html-doctype html-lang html-base',
    'html-loading-attribute html-meta-color-scheme html-popover html-required html-role html-target',
    'html-input-hidden html-comments css-inert-attribute html-dfn html-acronym html-abbr html-mailto-links',
    // Part of every mail, and shown nearly the same.
    'html-body html-height html-width css-line-height css-letter-spacing css-sytem-ui',
    'css-important html-address html-anchor-links css-unit-initial html-strike',
    // Fine typography that falls back to plain text.
    'css-font-kerning css-font-size-adjust css-font-stretch css-hyphenate-character css-hyphens css-orphans',
    'css-hyphenate-limit-chars css-tab-size css-text-decoration-skip-ink css-text-underline-offset css-widows',
    'css-text-underline-position css-text-wrap css-text-justify css-text-align-last css-text-orientation',
    'css-white-space-collapse css-word-spacing css-text-emphasis-position',
    // Only in style sheets: a client that drops those has a finding under `<style>`.
    'css-selector-class css-selector-id css-selector-type css-selector-grouping css-selector-descendant',
    // Formats that mails do not use, and facts that the file's name does not tell.
    'image-hdr image-heif image-tiff image-ico image-bmp image-apng image-gif image-mp4',
  ].flatMap((slugs) => slugs.split(' ')),
);

/** The text of a note, without links and without a repetition of the letter before it. */
function noteText(note) {
  const text = note
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s*\((?:See|This has)[^)]*\)\.?/gi, '')
    .replace(/^(?:Partial(?:ly)?(?: support(?:ed)?)?|Buggy)[.:] (?=[A-Z`<])/, '')
    .replace(/^Not supported\. (?=[A-Z`<])/, '')
    .replaceAll('`', '')
    .trim();
  const sentences = text.match(/[^.]+(?:\.(?=\S)[^.]*)*\.?\s*/g) ?? [text];
  return sentences
    .reduce((kept, sentence) => (kept.length + sentence.length > 160 && kept ? kept : kept + sentence), '')
    .trim()
    .replace(/\.$/, '');
}

/** Numbers notes in the order of their use. */
class Notes {
  /** @readonly */
  texts = [];

  number(text) {
    const known = this.texts.indexOf(text);
    return known < 0 ? this.texts.push(text) - 1 : known;
  }
}

/** `y`, `a`, `n` or `u` of the newest version that was tested, with the numbers of its notes. */
function programSupport({ stats, notes_by_num: texts }, program, notes) {
  const [family, platform] = program.split('/');
  const newest = Object.values(stats[family]?.[platform] ?? {}).at(-1) ?? 'u';
  const told = [...newest.matchAll(/#(\d+)/g)]
    .flatMap(([, number]) => texts?.[number] ?? [])
    .filter((text) => !(newest.startsWith('n') && REMOVAL.test(text)));
  return newest[0] + told.map((text) => notes.number(noteText(text))).join(',');
}

/** A note on how a program removes what it does not show changes nothing for a reader. */
const REMOVAL = /transformed|replaced|stripped|removed|Removes/;

function clientSupport(feature, programs, notes) {
  const each = Object.values(programs).map((program) => programSupport(feature, program, notes));
  return new Set(each).size === 1 ? each[0] : each.join('|');
}

const isUndisputed = (support) => support.every((client) => /^[yu|]*$/.test(client));

function supportTable({ data }, notes) {
  const judged = data
    .filter(({ slug }) => !LEFT_OUT.has(slug))
    .toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  return Object.fromEntries(
    judged.flatMap((feature) => {
      const probe = Object.values(CLIENTS).map((programs) => clientSupport(feature, programs, new Notes()));
      if (isUndisputed(probe)) return [];
      const support = Object.values(CLIENTS).map((programs) => clientSupport(feature, programs, notes));
      return [[feature.slug, support.join(' ')]];
    }),
  );
}

async function source() {
  const data = JSON.parse(await readFile(DATA, 'utf8'));
  const notes = new Notes();
  const table = supportTable(data, notes);
  const programs = Object.fromEntries(
    Object.entries(CLIENTS).map(([client, names]) => [client, Object.keys(names)]),
  );
  return `/*!
 * Data of Can I email, https://www.caniemail.com. Written by scripts/client-support.mjs: do not edit.
 *
 * Copyright (c) 2019 HTeuMeuLeu
 *
${licence()}
 */

/** Date of the data's last change. */
export const SUPPORT_DATE = '${data.last_update_date.slice(0, 10)}';

/** The programs of each client, its most important one first. */
export const PROGRAMS = ${JSON.stringify(programs)} as const;

/** Restrictions of a program's support. */
export const NOTES: readonly string[] = ${JSON.stringify(notes.texts)};

/**
 * Support by feature: clients separated by spaces, their programs by \`|\` unless all are the same. \`y\`es, \`n\`o,
 * \`a\` for in part, \`u\` for untested; then the numbers of notes.
 */
export const SUPPORT: Readonly<Record<string, string>> = ${JSON.stringify(table)};
`;
}

/** The MIT licence must come with the data. */
function licence() {
  const words = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
  const wrapped = words.replaceAll(new RegExp(`(?!\\n)(.{1,${LINE - 4}})(?: |(?=\\n)|$)`, 'g'), ' * $1\n');
  return wrapped.replaceAll(/\n\n+/g, '\n *\n').trimEnd();
}

const target = process.argv[2] ?? TARGET;
const style = await resolveConfig(TARGET);
await writeFile(target, await format(await source(), { ...style, parser: 'typescript' }));
