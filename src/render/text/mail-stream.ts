import Handlebars from 'handlebars';
import type { StrictProgram } from '../engine/strict-node.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage, Part } from '../inline/flat-page.js';
import { TextReplay } from './text-replay.js';
import type { TextSteps } from './text-step.js';

/** The bodies of one mail; without text where it turned out otherwise than was foreseen. */
interface StreamedMail {
  readonly html: string;
  readonly text: string | undefined;
}

/** A piece of html, and what it means for the text. */
interface StreamPiece extends TextSteps {
  readonly html: string;
}

/** Starts the name of a piece in a stream; neither templates nor values have it. */
const NUL = '\0';
/** Pieces are named by digits of this base, written as characters that are the same in any encoding. */
const BASE = 90;
const ZERO = 0x21;
const DIGITS = 3;
const NAME_LENGTH = 1 + DIGITS;

const START: StreamPiece = { html: '', steps: [], reading: 'words' };

/**
 * One program for two bodies: what it prints is a stream of the names of pieces and the values between
 * them, from which both the html and the text of a mail are made. So each value is computed once, and
 * the bodies never differ in it.
 */
class MailStream {
  readonly #pieces: readonly StreamPiece[];

  constructor(pieces: readonly StreamPiece[]) {
    this.#pieces = pieces;
  }

  /** Takes apart what the program has printed. */
  read(stream: string): StreamedMail {
    const replay = new TextReplay();
    let html = '';
    let { reading } = START;
    for (let at = 0; at < stream.length;) {
      const end = nextName(stream, at);
      const value = stream.slice(at, end);
      html += Handlebars.escapeExpression(value);
      replay.value(value, reading);
      if (end === stream.length) break;
      const piece = this.#pieces[indexAt(stream, end + 1)] ?? START;
      html += piece.html;
      replay.take(piece.steps);
      reading = piece.reading;
      at = end + NAME_LENGTH;
    }
    return { html, text: replay.finish() };
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

/** Gathers the pieces of a page while its programs are put together. */
export class StreamPieces {
  readonly #pieces: StreamPiece[] = [];
  readonly #names = new Map<string, string>();
  readonly #steps: readonly TextSteps[];
  readonly #indented: ReadonlySet<StrictProgram>;

  /**
   * @param steps of the pieces between the marks, in their order
   * @throws {SlowPath} where Handlebars' indentation of partials would change the text
   */
  constructor(steps: readonly TextSteps[], page: FlatPage) {
    this.#steps = steps;
    this.#indented = indentedPrograms(page);
    if (this.#indented.size > 0) checkIndented(steps);
  }

  /** What a program prints in the place of a piece of the page. */
  contents(html: string, index: number, part: Part | undefined): readonly string[] {
    if (html === '') return [];
    const { steps, reading } = this.#steps[index] ?? NOTHING;
    if (!part || !this.#indented.has(part.program)) return [this.#name({ html, steps, reading })];
    return this.#lines(html, { steps, reading });
  }

  /** The stream that is made of all pieces so far. */
  stream(): MailStream {
    return new MailStream(this.#pieces);
  }

  /**
   * Handlebars indents the lines of some partials, so those line breaks have to be printed as such. The
   * steps are those of the whole piece; line breaks within it say nothing of their own.
   */
  #lines(html: string, { steps, reading }: TextSteps): readonly string[] {
    const lines = html.split('\n');
    const last = lines.findLastIndex((line) => line !== '');
    const contents: string[] = [];
    for (const [index, line] of lines.entries()) {
      if (index > 0) contents.push('\n');
      if (line !== '')
        contents.push(this.#name({ html: line, ...(index === last ? { steps, reading } : NOTHING) }));
    }
    return contents;
  }

  /** The same for equal pieces, because a program may be printed in several places. */
  #name(piece: StreamPiece): string {
    const key = JSON.stringify(piece);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = pieceName(this.#pieces.push(piece) - 1);
    this.#names.set(key, name);
    return name;
  }
}

const NOTHING: TextSteps = { steps: [], reading: 'nothing' };

/** The programs that are printed inside of a partial whose lines Handlebars indents. */
function indentedPrograms({ marks }: FlatPage): ReadonlySet<StrictProgram> {
  const programs = new Set<StrictProgram>();
  const open: boolean[] = [];
  for (const { role, node, begins } of marks) {
    if (role === 'open') open.push(open.at(-1) === true || Boolean(node['indent']));
    if (begins && open.at(-1) === true) programs.add(begins.program);
    if (role === 'close') open.pop();
  }
  return programs;
}

/** White space that is added behind line breaks is nothing new where text flows. */
function checkIndented(pieces: readonly TextSteps[]): void {
  if (
    pieces.some(
      ({ reading, steps }) => reading === 'verbatim' || steps.some((step) => step.do === 'verbatim'),
    )
  )
    throw new SlowPath('a partial that is indented comes with text whose spaces count');
  let attribute = '';
  for (const step of pieces.flatMap(({ steps }) => steps)) {
    if (step.do === 'begin-capture') attribute = step.of;
    if (step.do === 'capture' && attribute === 'href' && step.text.includes('\n'))
      throw new SlowPath('a partial that is indented comes with an address of several lines');
  }
}
