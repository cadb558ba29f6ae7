import { MAIL_CLIENTS, type MailClient } from './mail-client.js';
import { NOTES, PROGRAMS, SUPPORT } from './support-data.js';

/** Support of one program of a client for a feature. */
export interface ProgramSupport {
  /** For instance `Gmail on iOS`. */
  readonly program: string;
  /** `unknown`: not tested. */
  readonly level: 'yes' | 'partial' | 'no' | 'unknown';
  /** Restrictions of the support. */
  readonly notes: readonly string[];
}

/** Features that the data lacks because they need no test, in the format of the data. */
const UNTESTED: Readonly<Record<string, string>> = {
  script: 'n n n n n n',
  iframe: 'n n y n n n',
};
const LEVELS: Readonly<Record<string, ProgramSupport['level']>> = { y: 'yes', a: 'partial', n: 'no' };

export function isKnown(feature: string): boolean {
  return feature in SUPPORT || feature in UNTESTED;
}

const read = new Map<string, readonly ProgramSupport[]>();

/** Support for a feature in each program of a client, the most important program first. */
export function supportOf(feature: string, client: MailClient): readonly ProgramSupport[] {
  const key = `${feature} ${client}`;
  const support = read.get(key) ?? readSupport(feature, client);
  read.set(key, support);
  return support;
}

function readSupport(feature: string, client: MailClient): readonly ProgramSupport[] {
  const fields = (SUPPORT[feature] ?? UNTESTED[feature] ?? '').split(' ');
  const programs = fields[MAIL_CLIENTS.indexOf(client)]?.split('|') ?? [];
  return PROGRAMS[client].map((program, index) => {
    const [letter = '', ...rest] = programs[index] ?? programs[0] ?? '';
    const numbers = rest.join('').split(',');
    const notes = numbers.flatMap((number) => (number === '' ? [] : (NOTES[Number(number)] ?? [])));
    return { program, level: LEVELS[letter] ?? 'unknown', notes };
  });
}
