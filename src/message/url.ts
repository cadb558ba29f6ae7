/**
 * Whether `new URL(text, base)` takes it. `URL.canParse` of Node 20 is no answer: once it is optimised, after some
 * thousand calls, it says no to everything outside ASCII.
 */
export function isUrl(text: string, base?: string): boolean {
  try {
    return new URL(text, base).href !== '';
  } catch {
    return false;
  }
}
