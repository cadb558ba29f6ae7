import { format } from 'node:util';
import { oneLine, readable } from '../remote-text.js';

/** Takes one line of a conversation with a server. */
export type WriteLine = (line: string) => void;

interface Entry {
  readonly tnx?: string;
}

type Level = (entry: Entry, text: string, ...values: unknown[]) => void;

/** A logger as nodemailer wants one. It masks credentials itself; bodies are not in its transaction log. */
export function transcript(write: WriteLine): Record<string, Level> {
  // A reply has as many lines as its server likes: each is told as said by it.
  const line: Level = ({ tnx = 'smtp' }, text, ...values) => {
    for (const said of readable(format(text, ...values)).split('\n')) {
      write(`${SPEAKERS[tnx] ?? tnx}: ${oneLine(said)}`);
    }
  };
  return Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, line]),
  );
}

const SPEAKERS: Readonly<Record<string, string>> = { client: 'C', server: 'S' };
