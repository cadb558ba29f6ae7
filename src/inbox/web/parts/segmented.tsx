import { useId } from 'preact/hooks';
import type { VNode } from 'preact';

interface SegmentedProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly title?: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** Radio buttons side by side, for a choice of few. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): VNode {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="hidden">{props.legend}</legend>
      {props.options.map(({ value, label, title }) => (
        <label key={value} title={title}>
          <input
            type="radio"
            name={name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
