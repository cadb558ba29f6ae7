import { didYouMean } from '../../errors/closest.js';
import { CHECK_RULES, isRecord, silencedRules, type CheckRule } from './check-rules.js';
import { readFrontYaml } from './front-yaml.js';
import { startOf, type SourceLocation } from '../faults/source-location.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import type { TemplateFile } from '../files/template-file.js';
import type { Piece } from './piece.js';

/** One line of front matter that is itself a template. */
export interface FrontLine {
  readonly source: string;
  readonly place: SourceLocation;
}

/** The settings that a template has before its body. */
export interface FrontMatter {
  readonly subject?: FrontLine;
  readonly preheader?: FrontLine;
  readonly layout?: { readonly name: string; readonly place: SourceLocation };
  readonly sample?: object;
  /** Rules of `mailroom check` that this template turns off. */
  readonly checkOff?: readonly CheckRule[];
}

/** A template file, split. */
export interface SplitFile {
  readonly front: FrontMatter;
  readonly body: Piece;
}

export interface FrontMatterSplit {
  readonly front: FrontMatter;
  readonly body: string;
  /** The line of the file that the body starts on. */
  readonly bodyLine: number;
}

const KEYS = ['subject', 'preheader', 'layout', 'sample', 'check'] as const;
const OPENING = /---[ \t]*\r?\n/y;
/** White space and comments, which may precede front matter. */
const BEFORE = /\s+|<!--[^]*?-->|\{\{~?!--[^]*?--~?\}\}|\{\{~?!(?!--)[^]*?\}\}/y;
/** After white space and comments, a `---` is front matter only if a key follows; else it is a line of the mail. */
const FIRST_KEY = /(?:[ \t]*(?:#.*)?\r?\n)*["']?[a-z][\w-]*["']?[ \t]*:/iy;
const CLOSING = /^---[ \t]*(?:\r?\n|$)/m;
const LINE_KEY = /^(subject|preheader):[ \t]*(.*)$/;

export function hasFrontMatter(content: string): boolean {
  return openingOf(content) !== undefined;
}

/** Offsets of the opening `---` and of the first line after it. */
interface Opening {
  readonly at: number;
  readonly end: number;
}

function openingOf(content: string): Opening | undefined {
  let at = 0;
  for (let end = matchEnd(BEFORE, content, at); end !== undefined; end = matchEnd(BEFORE, content, at))
    at = end;
  const end =
    at === 0 || /[\n\uFEFF]/.test(content.charAt(at - 1)) ? matchEnd(OPENING, content, at) : undefined;
  if (end === undefined) return undefined;
  return at === 0 || matchEnd(FIRST_KEY, content, end) !== undefined ? { at, end } : undefined;
}

/** The end of a match that starts at an offset. */
function matchEnd(pattern: RegExp, content: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(content) ? pattern.lastIndex : undefined;
}

/** The offset of a template's body: the end of the template when front matter is never closed. */
export function bodyStart(content: string): number {
  const opening = openingOf(content);
  if (!opening) return 0;
  const closing = CLOSING.exec(content.slice(opening.end));
  return closing ? opening.end + closing.index + closing[0].length : content.length;
}

/** Splits a page. Layouts and partials have no front matter. */
export function splitFile(
  { kind, path: file, content, origins }: TemplateFile,
  faults: TemplateFaults,
): SplitFile {
  if (kind !== 'page') return { front: {}, body: { source: content, place: startOf(file), origins } };
  const { front, body, bodyLine } = splitFrontMatter(file, content, faults);
  return { front, body: { source: body, place: { file, line: bodyLine, column: 1 }, origins } };
}

/**
 * Splits a template into front matter and body. `subject` and `preheader` take the rest of their line literally, so
 * that `#`, `:` and `{{` are safe there. All other keys are YAML.
 */
export function splitFrontMatter(file: string, content: string, faults: TemplateFaults): FrontMatterSplit {
  const opening = openingOf(content);
  if (!opening) return { front: {}, body: content, bodyLine: 1 };
  const before = content.slice(0, opening.at).replace(/[^\n]/g, '');
  const rest = content.slice(opening.end);
  const closing = CLOSING.exec(rest);
  if (!closing) {
    faults.add({
      place: { file, line: before.length + 1, column: 1 },
      what: 'front matter is never closed',
      fix: 'End it with a line of its own: ---',
    });
    return { front: {}, body: '', bodyLine: 1 };
  }
  // Blank lines replace the text before front matter, so that its own lines keep their numbers.
  const head = before + rest.slice(0, closing.index);
  const bodyLine = 2 + head.split('\n').length;
  return {
    front: readFront(file, head, faults),
    body: rest.slice(closing.index + closing[0].length),
    bodyLine,
  };
}

function readFront(file: string, head: string, faults: TemplateFaults): FrontMatter {
  const lines = head.split('\n').map((line) => line.replace(/\r$/, ''));
  const own: { subject?: FrontLine; preheader?: FrontLine } = {};
  const yaml = lines.map((line, index) => {
    const [, key, value = ''] = LINE_KEY.exec(line) ?? [];
    if (key !== 'subject' && key !== 'preheader') return line;
    const found = readLine(file, index + 2, line, value, faults);
    if (own[key]) faults.add({ place: found.place, what: `${key} is given twice` });
    own[key] = found;
    return '';
  });
  return { ...own, ...readYaml(file, yaml.join('\n'), faults) };
}

function readLine(
  file: string,
  line: number,
  whole: string,
  value: string,
  faults: TemplateFaults,
): FrontLine {
  const trimmed = value.trim();
  const quoted = /^(["'])(.*)\1$/.exec(trimmed);
  const source = quoted?.[2] ?? trimmed;
  const place = { file, line, column: whole.length - value.length + (quoted ? 2 : 1) };
  if (source === '') faults.add({ place, what: 'the value is empty', fix: 'Write it or leave the line out' });
  if (/^[|>][+-]?\d?$/.test(source)) faults.add({ place, what: 'the value must stand on the same line' });
  return { source, place };
}

function readYaml(file: string, source: string, faults: TemplateFaults): FrontMatter {
  const { value, placeOf, wrong } = readFrontYaml(file, source);
  for (const { place, what } of wrong) faults.add({ place, what: `front matter is not valid YAML: ${what}` });
  if (wrong.length > 0 || value === null || value === undefined) return {};
  if (isRecord(value)) return readKeys(value, placeOf, faults);
  faults.add({ place: placeOf(''), what: 'front matter must be "key: value" lines' });
  return {};
}

function readKeys(
  value: Readonly<Record<string, unknown>>,
  placeOf: (key: string) => SourceLocation,
  faults: TemplateFaults,
): FrontMatter {
  for (const key of Object.keys(value)) {
    if (KEYS.some((known) => known === key)) continue;
    const what = `unknown front matter key "${key}"${didYouMean(key, KEYS)}`;
    faults.add({ place: placeOf(key), what, fix: `Known: ${KEYS.join(', ')}` });
  }
  const { layout, sample, check } = value;
  if (layout !== undefined && typeof layout !== 'string') {
    faults.add({ place: placeOf('layout'), what: 'layout must be the name of a layout' });
  }
  if (sample !== undefined && !isRecord(sample)) {
    faults.add({ place: placeOf('sample'), what: 'sample must be an object: the context to render it with' });
  }
  return {
    ...(typeof layout === 'string' ? { layout: { name: layout, place: placeOf('layout') } } : {}),
    ...(isRecord(sample) ? { sample } : {}),
    ...(check === undefined ? {} : { checkOff: readCheck(check, placeOf('check'), faults) }),
  };
}

function readCheck(check: unknown, place: SourceLocation, faults: TemplateFaults): readonly CheckRule[] {
  const { rules, wrong } = silencedRules(check);
  for (const what of wrong) faults.add({ place, what, fix: `Rules: ${CHECK_RULES.join(', ')}` });
  return rules;
}
