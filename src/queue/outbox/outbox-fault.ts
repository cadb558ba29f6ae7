import { MailError, messageOf } from '../../errors/mail-error.js';
import type { SqlDialect } from './sql-dialect.js';

interface Place {
  readonly table: string;
  readonly dialect: SqlDialect;
}

const LONGEST = 200;
const NO_TABLE = /no such table|(?:relation|table) .* (?:does not|doesn't) exist/i;

/**
 * What a driver threw, and what can be done. Some drivers show the statement with its values in the lines
 * below the first, and the values are mails.
 */
export function outboxFault(cause: unknown, { table, dialect }: Place): MailError {
  const said = [cause, causeOf(cause)].map(saidBy);
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

/** One line of what a caught value says, without what could forge another. */
export function saidBy(error: unknown): string {
  const isErrorLike = typeof error === 'object' && error !== null && 'message' in error;
  const message = isErrorLike && typeof error.message === 'string' ? error.message : messageOf(error);
  const [line = ''] = message.trim().split(/[\r\n]/);
  return line.replaceAll(/\p{Cc}/gu, ' ').slice(0, LONGEST);
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}
