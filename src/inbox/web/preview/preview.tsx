import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import { useInbox } from '../inbox.js';
import { Segmented } from '../parts/segmented.js';
import { type Scheme, type Width, WIDTHS } from './preview-settings.js';

const WIDTH_OPTIONS = WIDTHS.map((value) => ({
  value,
  label: value === 'full' ? 'Full' : value,
  title: value === 'full' ? 'Full width' : `${value} pixels wide`,
}));
const SCHEME_OPTIONS: readonly { value: Scheme; label: string; title: string }[] = [
  { value: 'light', label: 'Light', title: 'prefers-color-scheme: light' },
  { value: 'dark', label: 'Dark', title: 'prefers-color-scheme: dark, by the styles of the mail itself' },
  {
    value: 'inverted',
    label: 'Inverted',
    title: 'Simulation: colours turned around, as some mail apps do to every mail in the dark',
  },
];

/** Query of a preview URL. */
export interface PreviewQuery {
  /** 1 to load remote images. */
  readonly images: 1 | undefined;
  /** Id of the mail program to imitate. */
  readonly client: string | undefined;
}

interface PreviewProps {
  readonly title: string;
  /** URL of the html for a query. */
  readonly src: (view: PreviewQuery) => string;
}

/** Shows html at a width and in a colour scheme, in a sandbox without any permission. */
export function Preview({ title, src }: PreviewProps): VNode {
  const { width, scheme, client } = useInbox().preview;
  const images = useSignal(false);
  return (
    <div class="preview">
      <div class="toolbar">
        <Segmented<Width>
          legend="Width"
          options={WIDTH_OPTIONS}
          value={width.value}
          onChange={(value) => (width.value = value)}
        />
        <Segmented<Scheme>
          legend="Colour scheme"
          options={SCHEME_OPTIONS}
          value={scheme.value}
          onChange={(value) => (scheme.value = value)}
        />
        {scheme.value === 'inverted' ? <span class="muted">Simulation</span> : null}
        <ClientSelect value={client.value} onChange={(value) => (client.value = value)} />
        <label class="check">
          <input
            type="checkbox"
            checked={images.value}
            onChange={(event) => (images.value = event.currentTarget.checked)}
          />
          Remote images
        </label>
      </div>
      <Stage
        title={title}
        src={src({ images: images.value ? 1 : undefined, client: client.value || undefined })}
        width={width.value}
        scheme={scheme.value}
      />
    </div>
  );
}

interface ClientSelectProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A select, since the mail programs are too many for radio buttons on a phone. */
function ClientSelect({ value, onChange }: ClientSelectProps): VNode {
  const { clients, date } = useInbox().status.clientViews;
  return (
    <>
      <label class="pick">
        Mail program
        <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">As sent</option>
          {clients.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <span class="muted" role="status">
        {value === '' ? '' : `Approximation: omits what it does not support, by Can I email of ${date}`}
      </span>
    </>
  );
}

interface StageProps {
  readonly title: string;
  readonly src: string;
  readonly width: Width;
  readonly scheme: Scheme;
}

/**
 * Sets the colour scheme of the frame element, from which browsers derive `prefers-color-scheme` inside the frame.
 * The empty `sandbox` forbids scripts, forms and navigation, and gives the frame an opaque origin.
 */
function Stage({ title, src, width, scheme }: StageProps): VNode {
  return (
    <div class="stage">
      <iframe
        key={src}
        class={`width-${width} scheme-${scheme}`}
        title={title}
        src={src}
        sandbox=""
        referrerpolicy="no-referrer"
      />
    </div>
  );
}
