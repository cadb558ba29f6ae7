import { useSignal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';

export interface Loaded<Value> {
  readonly value?: Value;
  readonly error?: Error;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Reads something again whenever `key` changes, or on `reload`. The last value stays until the next one
 * has come.
 */
export function useLoad<Value>(load: (signal: AbortSignal) => Promise<Value>, key: string): Loaded<Value> {
  const result = useSignal<{ value?: Value; error?: Error; key?: string }>({});
  const turn = useSignal(0);
  const reload = useCallback(() => {
    // Not read: an effect that asks for it would follow, and ask again.
    turn.value = turn.peek() + 1;
  }, [turn]);
  useEffect(() => {
    const reading = new AbortController();
    const { signal } = reading;
    const settle = (next: { value: Value } | { error: Error }): void => {
      if (!signal.aborted) result.value = { ...next, key };
    };
    load(signal).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error: error instanceof Error ? error : new Error(String(error)) }),
    );
    return () => reading.abort();
  }, [key, turn.value]);
  const { key: loadedKey, ...loaded } = result.value;
  return { ...loaded, loading: loadedKey !== key, reload };
}
