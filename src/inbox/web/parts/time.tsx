import { signal } from '@preact/signals';
import type { VNode } from 'preact';

const STEP_MS = 15_000;
const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, STEP_MS);

const UNITS = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
] as const;

function distance(ms: number): string {
  const fits = UNITS.find((unit) => Math.abs(ms) >= unit.ms);
  return fits === undefined ? '' : `${Math.floor(Math.abs(ms) / fits.ms)} ${fits.unit}`;
}

const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** How long ago, or how long until; the exact time on hover. */
export function Age({ at }: { readonly at: string }): VNode {
  const date = new Date(at);
  const apart = date.getTime() - now.value;
  const words = distance(apart);
  const text = words === '' ? 'now' : apart > 0 ? `in ${words}` : words;
  return (
    <time dateTime={at} title={FULL.format(date)}>
      {text}
    </time>
  );
}

/** The exact time. */
export function Moment({ at }: { readonly at: string }): VNode {
  return <time dateTime={at}>{FULL.format(new Date(at))}</time>;
}
