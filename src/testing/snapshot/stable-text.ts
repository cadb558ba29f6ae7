const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;

/** Text with what is another at each run by numbers: the same value has the same one. */
export function stableText(text: string): string {
  return numbered(numbered(text, UUID, 'uuid'), TIME, 'time');
}

/** Each distinct value that the pattern finds as `<name 1>`, `<name 2>`, in the order they come. */
export function numbered(text: string, pattern: RegExp, name: string): string {
  const seen = [...new Set([...text.matchAll(pattern)].map(([value]) => value))];
  return text.replaceAll(pattern, (value) => `<${name} ${seen.indexOf(value) + 1}>`);
}
