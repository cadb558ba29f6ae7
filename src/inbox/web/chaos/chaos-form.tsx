import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { ChaosFault } from '../../api/chaos.js';
import { addChaos } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';

const FAULT_LABELS: Readonly<Record<ChaosFault, string>> = {
  '421': '421: not available, try later',
  '451': '451: refused for now',
  '550': '550: refused for good',
  timeout: 'timeout: no answer',
};
const isFault = (value: string): value is ChaosFault => Object.hasOwn(FAULT_LABELS, value);
const MAX_TIMES = 100;

type TargetKind = 'template' | 'to';

interface ChaosFormProps {
  /** Initial target; a template takes precedence. */
  readonly template?: string | undefined;
  readonly to?: string | undefined;
}

/** Makes the next mails of a template or to an address fail. */
export function ChaosForm({ template, to }: ChaosFormProps): VNode {
  const { notices } = useInbox();
  const kind = useSignal<TargetKind>(template === undefined && to !== undefined ? 'to' : 'template');
  const values = useSignal<Readonly<Record<TargetKind, string>>>({ template: template ?? '', to: to ?? '' });
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
        onChange={(value) => (values.value = { ...values.value, [kind.value]: value })}
      />
      <FaultSelect value={fault.value} onChange={(value) => (fault.value = value)} />
      <TimesInput value={times.value} onChange={(value) => (times.value = value)} />
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

function KindSelect({ value, onChange }: FieldProps<TargetKind>): VNode {
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

function TargetInput({ kind, value, onChange }: FieldProps<string> & { readonly kind: TargetKind }): VNode {
  return (
    <label class="wide">
      {kind === 'to' ? 'Address' : 'Template'}
      <input
        required
        placeholder={kind === 'to' ? 'ada@example.test' : 'welcome'}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

function TimesInput({ value, onChange }: FieldProps<number>): VNode {
  return (
    <label class="short">
      Times
      <input
        type="number"
        min={1}
        max={MAX_TIMES}
        required
        value={value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
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
        {Object.entries(FAULT_LABELS).map(([fault, words]) => (
          <option key={fault} value={fault}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
