import { ConsoleLogger } from '@nestjs/common';

/** Nest's logger, kept in memory. */
export class LogLines extends ConsoleLogger {
  readonly errors: string[] = [];

  override error(message: unknown): void {
    this.errors.push(String(message));
  }
  override log(): void {}
  override warn(): void {}
}
