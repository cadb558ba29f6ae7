/** Readers of what a script answers. Redis has texts, numbers, lists and nothing. */

export function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

/** Undefined for nothing, and for an empty text. */
export function textOf(reply: unknown): string | undefined {
  if (typeof reply === 'number') return String(reply);
  return typeof reply === 'string' && reply !== '' ? reply : undefined;
}

export function textsOf(reply: unknown): readonly string[] {
  return listOf(reply).flatMap((item) => textOf(item) ?? []);
}

/** 0 for nothing. */
export function numberOf(reply: unknown): number {
  return Number(textOf(reply) ?? 0);
}

export function dateOf(reply: unknown): Date | undefined {
  const text = textOf(reply);
  return text === undefined ? undefined : new Date(Number(text));
}
