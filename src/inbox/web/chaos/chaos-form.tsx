import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { ChaosFault } from '../../api/chaos.js';
import { addChaos } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';

const FAULT_WORDS: Readonly<Record<ChaosFault, string>> = {
  '421': '421: not available, try later',
  '451': '451: refused for now',
  '550': '550: refused for good',
  timeout: 'timeout: no answer',
};
const isFault = (value: string): value is ChaosFault => Object.hasOwn(FAULT_WORDS, value);
const MOST_TIMES = 100;

type Kind = 'template' | 'to';

interface ChaosFormProps {
  /** What the form begins with. */
  readonly template?: string | undefined;
  readonly to?: string | undefined;
}

/** Makes the next mails of a template, or to an address, fail. */
export function ChaosForm({ template, to }: ChaosFormProps): VNode {
  const { notices } = useInbox();
  const kind = useSignal<Kind>(template === undefined && to !== undefined ? 'to' : 'template');
  const values = useSignal<Readonly<Record<Kind, string>>>({ template: template ?? '', to: to ?? '' });
  const fault = useSignal<ChaosFault>('451');
  const times = useSignal(1);
  const add = (event: Event): void => {
    event.preventDefault();
    const rule = { [kind.value]: values.value[kind.value].trim(), fault: fault.value, times: times.value };
    void notices.tell(addChaos(rule), `Fails ${times.value === 1 ? 'once' : `${times.value} times`}.`);
  };
  return (
    <form class="form inline" onSubmit={add}>
      <KindSelect value={kind.value} onChange={(value) => (kind.value = value)} />
      <TargetInput
        kind={kind.value}
        value={values.value[kind.value]}
        onInput={(value) => (values.value = { ...values.value, [kind.value]: value })}
      />
      <FaultSelect value={fault.value} onChange={(value) => (fault.value = value)} />
      <TimesInput value={times.value} onInput={(value) => (times.value = value)} />
      <button type="submit" class="button primary">
        Let them fail
      </button>
    </form>
  );
}

interface FieldProps<Value> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function KindSelect({ value, onChange }: FieldProps<Kind>): VNode {
  return (
    <label>
      The next mails
      <select
        value={value}
        onChange={(event) => onChange(event.currentTarget.value === 'to' ? 'to' : 'template')}
      >
        <option value="template">of template</option>
        <option value="to">to address</option>
      </select>
    </label>
  );
}

interface InputProps<Value> {
  readonly value: Value;
  readonly onInput: (value: Value) => void;
}

function TargetInput({ kind, value, onInput }: InputProps<string> & { readonly kind: Kind }): VNode {
  return (
    <label class="wide">
      {kind === 'to' ? 'Address' : 'Template'}
      <input
        required
        placeholder={kind === 'to' ? 'ada@example.test' : 'welcome'}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function TimesInput({ value, onInput }: InputProps<number>): VNode {
  return (
    <label class="short">
      Times
      <input
        type="number"
        min={1}
        max={MOST_TIMES}
        required
        value={value}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

function FaultSelect({ value, onChange }: FieldProps<ChaosFault>): VNode {
  return (
    <label>
      Fail with
      <select
        value={value}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (isFault(chosen)) onChange(chosen);
        }}
      >
        {Object.entries(FAULT_WORDS).map(([fault, words]) => (
          <option key={fault} value={fault}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
