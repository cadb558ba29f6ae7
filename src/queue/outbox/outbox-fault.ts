import { fieldOf, MailError, messageOf } from '../../errors/mail-error.js';
import type { SqlDialect } from './sql-dialect.js';

interface OutboxLocation {
  readonly table: string;
  readonly dialect: SqlDialect;
}

const LONGEST = 200;
const NO_TABLE = /no such table|(?:relation|table) .* (?:does not|doesn't) exist/i;

/**
 * Turns an error of a driver into one that says what can be done. Some drivers show the statement with its values
 * below the first line, and the values are mails.
 */
export function outboxFault(cause: unknown, { table, dialect }: OutboxLocation): MailError {
  const said = [cause, fieldOf(cause, 'cause')].map(firstLineOf);
  if (said.some((text) => NO_TABLE.test(text))) {
    return new MailError(
      'config',
      `There is no table ${table} for mails queued in a transaction: ${said[0]}. Create it in a migration with what outboxTableSql('${dialect}', '${table}') returns, or set queue.outbox.createTable.`,
      { cause, retryable: true },
    );
  }
  return new MailError('transport-unavailable', `The database failed at the table ${table}: ${said[0]}`, {
    cause,
  });
}

/** Returns the first line of the message of a caught value, without control characters that could forge another. */
export function firstLineOf(error: unknown): string {
  const [line = ''] = messageOf(error)
    .trim()
    .split(/[\r\n]/);
  return line.replaceAll(/\p{Cc}/gu, ' ').slice(0, LONGEST);
}
