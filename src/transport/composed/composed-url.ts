import { didYouMean } from '../../errors/closest.js';

/** A transport in a URL: a URL of its own, or members in parentheses. */
export type UrlNode =
  | { readonly url: string; readonly name?: string | undefined }
  | { readonly kind: UrlKind; readonly members: readonly UrlNode[]; readonly name?: string | undefined };

const KINDS = ['failover', 'roundrobin', 'retry'] as const;
export type UrlKind = (typeof KINDS)[number];

/** Where a composed URL is wrong. Nothing of it is quoted but parentheses: any part may be that of a password. */
export interface UrlProblem {
  /** From 1. */
  readonly position: number;
  readonly expected: string;
  readonly found: string;
  readonly fix?: string | undefined;
}

export const COMPOSED = 'failover(smtp://a.example.test sendgrid://KEY@default)';
const ENCODE = 'Write ( and ) of a password percent-encoded, as %28 and %29, and a space as %20';
/** Longest URL that is read, and how deep its parentheses may stand. */
const MOST_CHARACTERS = 10_000;
const DEEPEST = 8;

/** True for a text that begins as `failover(…)` does, also with a word that is none of the known ones. */
export function isComposedUrl(text: string): boolean {
  return /^\s*[a-z][\w-]*\s*\(/i.test(text);
}

/** Reads `failover(smtp://… backup=ses://… roundrobin(…))`. */
export function parseComposedUrl(text: string): UrlNode | UrlProblem {
  try {
    return new Parser(text).whole();
  } catch (error) {
    if (error instanceof Stop) return error.problem;
    throw error;
  }
}

/** Ends the reading at the first fault. */
class Stop extends Error {
  readonly problem: UrlProblem;

  constructor(problem: UrlProblem) {
    super(problem.expected);
    this.problem = problem;
  }
}

const MEMBER = 'a URL, or failover(…), roundrobin(…) or retry(…)';

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.length > MOST_CHARACTERS) {
      this.#stop(`at most ${MOST_CHARACTERS} characters`, `${text.length}`);
    }
  }

  whole(): UrlNode {
    this.#skip(/\s*/y);
    const node = this.#member(0);
    this.#skip(/\s*/y);
    if (this.#at < this.#text.length) this.#stop('nothing after the last )', this.#here(), ENCODE);
    return node;
  }

  #member(depth: number): UrlNode {
    const start = this.#at;
    const name = this.#skip(/[a-z][\w.-]{0,63}(?==)/iy);
    if (name !== undefined) this.#at += 1;
    const word = this.#skip(/[a-z][\w-]*(?=\s*\()/iy);
    if (word !== undefined) return named(this.#composed(word, depth), name);
    const url = this.#skip(/[^\s()]+/y);
    if (url === undefined) this.#stop(MEMBER, this.#here(), ENCODE);
    if (this.#text[this.#at] === '(') this.#stop('a space, or ) after the last member', '(', ENCODE);
    if (/[,;]$/.test(url)) {
      this.#stop('a space between members', url.slice(-1), `Leave out the ${url.slice(-1)}`, this.#at - 1);
    }
    if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) this.#stop(MEMBER, 'something else (not shown)', ENCODE, start);
    return named({ url }, name);
  }

  #composed(word: string, depth: number): UrlNode {
    const kind = KINDS.find((known) => known === word.toLowerCase());
    if (!kind) this.#stopAtWord(word);
    if (depth >= DEEPEST) this.#stop(`at most ${DEEPEST} parentheses inside each other`, 'more');
    this.#skip(/\s*\(\s*/y);
    const members: UrlNode[] = [];
    while (this.#skip(/\)/y) === undefined) {
      if (this.#at === this.#text.length) this.#stop(`) at the end of ${kind}(`, 'the end');
      if (kind === 'retry' && members.length > 0) this.#stop('one member in retry(…)', 'another');
      members.push(this.#member(depth + 1));
      this.#skip(/\s*/y);
    }
    if (members.length === 0) this.#stop(`members in ${kind}(…), separated by spaces`, 'none');
    return { kind, members };
  }

  #stopAtWord(word: string): never {
    const fix = `${didYouMean(word, KINDS).replace(/^\. /, '')} ${ENCODE}`.trim();
    this.#stop(`${KINDS.join(', ')} before (`, 'another word (not shown)', fix, this.#at - word.length);
  }

  /** @param pattern sticky */
  #skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #here(): string {
    const character = this.#text[this.#at];
    if (character === undefined) return 'the end';
    return character === '(' || character === ')' ? character : 'more (not shown)';
  }

  #stop(expected: string, found: string, fix?: string, at = this.#at): never {
    throw new Stop({ position: at + 1, expected, found, fix });
  }
}

const named = (node: UrlNode, name: string | undefined): UrlNode =>
  name === undefined ? node : { ...node, name };
