import { signal } from '@preact/signals';
import type { VNode } from 'preact';

const SECOND_MS = 1_000;
const STEP_MS = 15_000;
/** Two clocks: `second` for countdowns in their last minute, `now` for everything else. */
const now = signal(Date.now());
const second = signal(Date.now());
setInterval(() => {
  second.value = Date.now();
  if (second.value - now.value >= STEP_MS) now.value = second.value;
}, SECOND_MS);

const MINUTE_MS = 60_000;
const UNITS = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: MINUTE_MS },
] as const;

/** Words for a distance in time; empty for the first minute after it. */
function distance(ms: number): string {
  const apart = Math.abs(ms);
  const fits = UNITS.find((unit) => apart >= unit.ms);
  if (fits !== undefined) return `${Math.floor(apart / fits.ms)} ${fits.unit}`;
  return ms >= SECOND_MS ? `${Math.floor(ms / SECOND_MS)} s` : '';
}

const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Reads the fast clock only for countdowns, so that nothing else is redrawn every second. */
function untilOrSince(at: Date): number {
  const apart = at.getTime() - now.value;
  return apart > 0 && apart < MINUTE_MS + STEP_MS ? at.getTime() - second.value : apart;
}

/** Shows how long ago or how far ahead a time is, and the exact time on hover. */
export function Age({ at }: { readonly at: string }): VNode {
  const date = new Date(at);
  const apart = untilOrSince(date);
  const words = distance(apart);
  const text = words === '' ? 'now' : apart > 0 ? `in ${words}` : words;
  return (
    <time dateTime={at} title={FULL.format(date)}>
      {text}
    </time>
  );
}

interface ComingProps {
  readonly what: string;
  readonly at: string;
}

/** Announces a time to come; shows nothing once it is over. */
export function Coming({ what, at }: ComingProps): VNode | null {
  const date = new Date(at);
  if (untilOrSince(date) < SECOND_MS) return null;
  return (
    <p>
      {what} <Age at={at} />, at <Moment at={at} />
    </p>
  );
}

export function Moment({ at }: { readonly at: string }): VNode {
  return <time dateTime={at}>{FULL.format(new Date(at))}</time>;
}
