import Handlebars from 'handlebars';
import { SlowPath } from '../faults/fast-path.js';
import { TextReplay } from './text-replay.js';
import type { TextSteps } from './text-step.js';

/** The bodies of one mail; without text where it turned out otherwise than was foreseen. */
export interface StreamedMail {
  readonly html: string;
  readonly text: string | undefined;
}

/** A piece of html, and what it means for the text. */
export interface StreamPiece extends TextSteps {
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
export class MailStream {
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
export function pieceName(index: number): string {
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
