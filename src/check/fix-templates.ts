import { readFile, writeFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { MailError, messageOf } from '../errors/mail-error.js';
import { bodyStart, splitFrontMatter } from '../render/syntax/front-matter.js';
import type { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import { LocationIndex } from '../render/faults/source-location.js';
import { TemplateFaults } from '../render/faults/template-fault.js';
import { fixSections, type FixedSource, type SectionFix } from './section-fix.js';

/** A tag that was rewritten in a template. */
export interface TemplateFix {
  /** Relative to the project. */
  readonly file: string;
  /** 1-based, in the file before the fix. */
  readonly line: number;
  readonly column: number;
  readonly was: string;
  readonly is: string;
}

/**
 * Rewrites Mustache sections in the template files where their meaning is certain, see `fixSections`. A template's
 * `sample` (its own, or that of a wider language) decides what a section means. Sections left over stay faults.
 * @param renderer loaded; it keeps the templates as they were
 * @param dir absolute; files are named relative to it
 * @throws {MailError} `config` when a file cannot be read or written
 */
export async function fixTemplates(
  renderer: HandlebarsRenderer,
  dir: string,
): Promise<readonly TemplateFix[]> {
  const samples = samplesOf(renderer);
  const fixes: TemplateFix[] = [];
  for (const { path } of renderer.folders().flatMap(({ files }) => files)) {
    const found = await fixFile(path, samples.get(path), renderer.helperNames);
    const file = (relative(dir, path) || path).replaceAll(sep, '/');
    for (const fix of found) fixes.push({ file, ...fix });
  }
  return fixes;
}

function samplesOf(renderer: HandlebarsRenderer): ReadonlyMap<string, object> {
  const samples = new Map<string, object>();
  for (const { html, text, front } of renderer.inventory().variants)
    for (const own of [html[0], text[0]]) if (own && front.sample) samples.set(own.file.path, front.sample);
  return samples;
}

async function fixFile(
  path: string,
  sample: object | undefined,
  helpers: ReadonlySet<string>,
): Promise<ReadonlyArray<Omit<TemplateFix, 'file'>>> {
  try {
    const content = await readFile(path, 'utf8');
    const fixed = fixContent(path, content, (source) => fixSections(source, sample, helpers));
    if (fixed.fixes.length > 0) await writeFile(path, fixed.source);
    const places = new LocationIndex(path, content);
    return fixed.fixes.map(({ offset, was, is }) => {
      const { line, column } = places.at(offset);
      return { line, column, was, is };
    });
  } catch (cause) {
    throw new MailError('config', `${path} cannot be fixed: ${messageOf(cause)}`, {
      cause,
      at: { file: path },
    });
  }
}

/** Fixes the pieces of a file one by one; the text between them stays. */
function fixContent(path: string, content: string, fix: (source: string) => FixedSource): FixedSource {
  let source = '';
  let end = 0;
  const fixes: SectionFix[] = [];
  for (const [from, to] of piecesOf(path, content)) {
    const piece = fix(content.slice(from, to));
    source += content.slice(end, from) + piece.source;
    for (const found of piece.fixes) fixes.push({ ...found, offset: found.offset + from });
    end = to;
  }
  return { source: source + content.slice(end), fixes };
}

/** The places of subject, preheader and body, in their order. */
function piecesOf(path: string, content: string): ReadonlyArray<readonly [from: number, to: number]> {
  const mark = content.startsWith('\uFEFF') ? 1 : 0;
  const text = content.slice(mark);
  const { front } = splitFrontMatter(path, text, new TemplateFaults());
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lines = [front.subject, front.preheader].filter((line) => line !== undefined);
  const pieces = lines.map(({ source, place }): [number, number] => {
    const from = mark + (starts[place.line - 1] ?? 0) + place.column - 1;
    return [from, from + source.length];
  });
  const sorted = pieces.toSorted(([a], [b]) => a - b);
  return [...sorted, [mark + bodyStart(text), content.length]];
}
