import { ConsoleLogger } from '@nestjs/common';

/** Nest's logger, kept in memory. */
export class LogLines extends ConsoleLogger {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  readonly #waiting: Array<(line: string) => void> = [];

  override error(message: unknown): void {
    this.errors.push(String(message));
    for (const tell of this.#waiting) tell(String(message));
  }
  override warn(message: unknown): void {
    this.warnings.push(String(message));
  }
  override log(): void {}

  /** The next error that says so. */
  next(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push((line) => {
        if (pattern.test(line)) resolve(line);
      });
    });
  }
}
