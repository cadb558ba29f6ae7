import { MailError } from './mail-error.js';

/** A fault of the configuration. */
export interface ConfigProblem {
  /** The variable or option, e.g. `MAIL_PORT` or `transport.port`. */
  readonly where: string;
  readonly expected: string;
  /** The value that was found; never a secret (see `show`). */
  readonly found: string;
  /** How to fix it, if `expected` does not make that plain. */
  readonly fix?: string | undefined;
  /** The setting is known, but this version lacks its feature. */
  readonly unsupported?: boolean;
}

/** Collects faults of the configuration, so that one boot shows all of them. */
export class ConfigReport {
  readonly #problems: ConfigProblem[] = [];
  readonly #hints: string[] = [];

  add(problem: ConfigProblem): void {
    this.#problems.push(problem);
  }

  /** Adds a line that helps to read the report but is no fault by itself. */
  hint(line: string): void {
    this.#hints.push(line);
  }

  get problems(): readonly ConfigProblem[] {
    return this.#problems;
  }

  get hints(): readonly string[] {
    return this.#hints;
  }

  line({ where, expected, found, fix }: ConfigProblem): string {
    return `${where}: expected ${expected}, got ${found}.${fix ? ` ${sentence(fix)}` : ''}`;
  }

  /** Includes the faults and hints of another report. */
  include(other: ConfigReport): void {
    this.#problems.push(...other.#problems);
    this.#hints.push(...other.#hints);
  }

  /** @throws {MailError} `config` (`unsupported` if all faults are of that kind), one line for each fault */
  throwIfAny(title: string): void {
    if (this.#problems.length === 0) return;
    const lines = [...this.#problems.map((problem) => this.line(problem)), ...this.#hints];
    const code = this.#problems.every((problem) => problem.unsupported) ? 'unsupported' : 'config';
    throw new MailError(code, [title, ...lines.map((text) => `  - ${text}`)].join('\n'), { scope: 'config' });
  }
}

/** A question already ends with its mark. */
function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
