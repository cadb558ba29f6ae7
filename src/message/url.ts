/**
 * What `new URL(text, base)` makes of it; undefined for what is none. `URL.canParse` of Node 20 is no way to ask: once
 * it is optimised, after some thousand calls, it says no to everything outside ASCII.
 */
export function urlOf(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
