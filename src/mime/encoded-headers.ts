import type { Headers } from '../message/message.js';
import { encodedPhrases, isStructured } from '../message/headers/structured.js';
import { encodedText, encodedWords, isPlain } from './encoded-text.js';

/** Encodes headers as one ASCII value each (RFC 2047), for transports that write them unchanged. */
export function encodedHeaders(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => {
      const value = typeof values === 'string' ? values : values.join(', ');
      return [name, isStructured(name) ? encodedPhrases(value, phrase) : encodedText(value)];
    }),
  );
}

const phrase = (text: string): string => (isPlain(text) ? text : encodedWords(text));
