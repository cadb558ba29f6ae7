/** A word that a text does not contain, to stand in it for something else. */
export function unusedWord(start: string, text: string): string {
  let word = start;
  while (text.includes(word)) word += 'q';
  return word;
}
