import type { MailerChoice } from '../mail-queue.js';

/** Whether the mails of a mailer are meant. */
export function isChosen(mailer: string, choice: MailerChoice): boolean {
  return typeof choice === 'string' ? mailer === choice : !choice.except.includes(mailer);
}

/** Whose mail it is, and the number of its priority. */
export interface Turn {
  readonly mailer: string;
  readonly priority: number;
}

/**
 * The first mails of all mailers, then their second ones, and so on, within each priority.
 * @param each most mails of one mailer
 */
export function inTurn<T>(mails: readonly T[], each: number, turnOf: (mail: T) => Turn): readonly T[] {
  const counts = new Map<string, number>();
  const numbered = mails.map((mail) => {
    const { mailer, priority } = turnOf(mail);
    const lane = JSON.stringify([priority, mailer]);
    const number = counts.get(lane) ?? 0;
    counts.set(lane, number + 1);
    return { mail, priority, number };
  });
  const chosen = numbered.filter(({ number }) => number < each);
  return chosen.toSorted((a, b) => a.priority - b.priority || a.number - b.number).map(({ mail }) => mail);
}
