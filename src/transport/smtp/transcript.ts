import { format } from 'node:util';
import { oneLine, readable } from '../remote-text.js';

/** Takes one line of a conversation with a server. */
export type WriteLine = (line: string) => void;

interface TranscriptEntry {
  readonly tnx?: string;
}

type TranscriptLevel = (entry: TranscriptEntry, text: string, ...values: unknown[]) => void;

/** A logger for nodemailer, which masks credentials itself and logs no bodies. */
export function transcript(write: WriteLine): Record<string, TranscriptLevel> {
  // A reply may have several lines: each is logged as the server's.
  const line: TranscriptLevel = ({ tnx = 'smtp' }, text, ...values) => {
    for (const said of readable(format(text, ...values)).split('\n')) {
      write(`${SPEAKERS[tnx] ?? tnx}: ${oneLine(said)}`);
    }
  };
  return Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, line]),
  );
}

const SPEAKERS: Readonly<Record<string, string>> = { client: 'C', server: 'S' };
