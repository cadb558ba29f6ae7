import { useSignal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';

export interface Loaded<Value> {
  readonly value?: Value;
  readonly error?: Error;
  readonly reload: () => void;
}

/**
 * Loads a value again whenever `key` changes, and on `reload`. Keeps the last value until the next one arrives.
 */
export function useLoad<Value>(load: (signal: AbortSignal) => Promise<Value>, key: string): Loaded<Value> {
  const result = useSignal<{ value?: Value; error?: Error }>({});
  const turn = useSignal(0);
  const reload = useCallback(() => {
    // `peek`, so that an effect that calls `reload` does not depend on `turn` and call it again.
    turn.value = turn.peek() + 1;
  }, [turn]);
  useEffect(() => {
    const reading = new AbortController();
    const { signal } = reading;
    const settle = (next: { value: Value } | { error: Error }): void => {
      if (!signal.aborted) result.value = next;
    };
    load(signal).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error: error instanceof Error ? error : new Error(String(error)) }),
    );
    return () => reading.abort();
  }, [key, turn.value]);
  return { ...result.value, reload };
}
