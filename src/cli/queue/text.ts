/** Replaces control characters, which could change the terminal. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}

const STEPS: ReadonlyArray<readonly [ms: number, unit: string]> = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
];

/** A span in its largest whole unit; 0 if clocks disagree. */
export function spanText(ms: number): string {
  const [unit, name] = STEPS.find(([step]) => ms >= step) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(ms / unit))}${name}`;
}

export function mails(count: number): string {
  return `${count} mail${count === 1 ? '' : 's'}`;
}
