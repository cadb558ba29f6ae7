import { ConsoleLogger } from '@nestjs/common';

/** Nest's logger, kept in memory. */
export class LogLines extends ConsoleLogger {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  readonly logs: string[] = [];

  override error(message: unknown): void {
    this.errors.push(String(message));
  }
  override warn(message: unknown): void {
    this.warnings.push(String(message));
  }
  override log(message: unknown): void {
    this.logs.push(String(message));
  }
  override debug(): void {}
  override verbose(): void {}
}
