import Handlebars from 'handlebars';
import { indentOf, type StrictProgram } from '../engine/strict-node.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlattenedTemplate, Part } from '../inline/flattened-template.js';
import { TextReplay, type PieceSteps } from './text-steps.js';

/** The bodies of one mail; no text if a value broke an assumption of the recording. */
interface StreamedMail {
  readonly html: string;
  readonly text: string | undefined;
}

/** A piece of html with its steps for the text. */
interface StreamPiece extends PieceSteps {
  readonly html: string;
}

/** Starts the name of a piece in a stream; no template and no value on this path contains it. */
const NUL = '\0';
/** Base of the digits that name a piece, which are printable ASCII characters. */
const BASE = 90;
const ZERO = 0x21;
const DIGITS = 3;
const NAME_LENGTH = 1 + DIGITS;

const START: StreamPiece = { html: '', steps: [], mode: 'words' };
const NOTHING: PieceSteps = { steps: [], mode: 'nothing' };

/**
 * Makes both bodies of a mail from the stream that one program prints: names of pieces, with the values
 * between them. So each value is computed once, and the bodies never differ in it. `docs/architecture.md`
 * explains the whole way from the template to here.
 */
export class MailStream {
  readonly #pieces: StreamPiece[] = [];
  readonly #names = new Map<string, string>();
  readonly #steps: readonly PieceSteps[];
  readonly #indented: ReadonlySet<StrictProgram>;

  /**
   * @param steps the steps of each piece, in the order of the page
   * @throws {SlowPath} where Handlebars' indentation of partials would change the text
   */
  constructor(steps: readonly PieceSteps[], page: FlattenedTemplate) {
    this.#steps = steps;
    this.#indented = indentedPrograms(page);
    if (this.#indented.size > 0) checkIndented(steps);
  }

  /** Adds a piece, and returns the contents that a program prints in its place. */
  contents(html: string, index: number, part: Part | undefined): readonly string[] {
    if (html === '') return [];
    const { steps, mode } = this.#steps[index] ?? NOTHING;
    if (!part || !this.#indented.has(part.program)) return [this.#name({ html, steps, mode })];
    return this.#lines(html, { steps, mode });
  }

  /** Makes the bodies from the stream of one mail. */
  read(stream: string): StreamedMail {
    const replay = new TextReplay();
    let html = '';
    let { mode } = START;
    for (let at = 0; at < stream.length;) {
      const end = nextName(stream, at);
      const value = stream.slice(at, end);
      html += Handlebars.escapeExpression(value);
      replay.value(value, mode);
      if (end === stream.length) break;
      const piece = this.#pieces[indexAt(stream, end + 1)] ?? START;
      html += piece.html;
      replay.take(piece.steps);
      mode = piece.mode;
      at = end + NAME_LENGTH;
    }
    return { html, text: replay.finish() };
  }

  /**
   * Prints the line breaks of an indented partial as such, because Handlebars indents the lines behind them.
   * The last line has the steps of the whole piece.
   */
  #lines(html: string, { steps, mode }: PieceSteps): readonly string[] {
    const lines = html.split('\n');
    const last = lines.findLastIndex((line) => line !== '');
    const contents: string[] = [];
    for (const [index, line] of lines.entries()) {
      if (index > 0) contents.push('\n');
      if (line !== '')
        contents.push(this.#name({ html: line, ...(index === last ? { steps, mode } : NOTHING) }));
    }
    return contents;
  }

  /** Gives equal pieces one name, because a program that is printed in several places must be the same in all. */
  #name(piece: StreamPiece): string {
    const key = JSON.stringify(piece);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = pieceName(this.#pieces.push(piece) - 1);
    this.#names.set(key, name);
    return name;
  }
}

/** @throws {SlowPath} for more pieces than there are names */
function pieceName(index: number): string {
  if (index >= BASE ** DIGITS) throw new SlowPath('with its partials it is too large to be analysed');
  const digits = [index / BASE ** 2, index / BASE, index].map((rest) => ZERO + (Math.floor(rest) % BASE));
  return NUL + String.fromCharCode(...digits);
}

function nextName(stream: string, at: number): number {
  const next = stream.indexOf(NUL, at);
  return next < 0 ? stream.length : next;
}

function indexAt(stream: string, at: number): number {
  let index = 0;
  for (let digit = 0; digit < DIGITS; digit++) index = index * BASE + stream.charCodeAt(at + digit) - ZERO;
  return index;
}

/** The programs that are printed inside a partial whose lines Handlebars indents. */
function indentedPrograms({ placeholders }: FlattenedTemplate): ReadonlySet<StrictProgram> {
  const programs = new Set<StrictProgram>();
  const open: boolean[] = [];
  for (const { role, node, begins } of placeholders) {
    if (role === 'open') open.push(open.at(-1) === true || indentOf(node) !== '');
    if (begins && open.at(-1) === true) programs.add(begins.program);
    if (role === 'close') open.pop();
  }
  return programs;
}

/** Refuses pieces whose text would change when Handlebars adds spaces behind line breaks. */
function checkIndented(pieces: readonly PieceSteps[]): void {
  if (pieces.some(({ mode, steps }) => mode === 'verbatim' || steps.some((step) => step.do === 'verbatim')))
    throw new SlowPath('a partial that is indented comes with text whose spaces count');
  let attribute = '';
  for (const step of pieces.flatMap(({ steps }) => steps)) {
    if (step.do === 'begin-capture') attribute = step.of;
    if (step.do === 'capture' && attribute === 'href' && step.text.includes('\n'))
      throw new SlowPath('a partial that is indented comes with an address of several lines');
  }
}
