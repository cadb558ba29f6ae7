import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import { useInbox } from '../inbox.js';
import { Segmented } from '../parts/segmented.js';
import { type Scheme, type Width, WIDTHS } from './preview-settings.js';

const WIDTH_OPTIONS = WIDTHS.map((value) => ({
  value,
  label: value === 'full' ? 'Full' : value,
  title: value === 'full' ? 'As wide as there is room' : `${value} pixels wide`,
}));
const SCHEME_OPTIONS: readonly { value: Scheme; label: string; title: string }[] = [
  { value: 'light', label: 'Light', title: 'prefers-color-scheme: light' },
  { value: 'dark', label: 'Dark', title: 'prefers-color-scheme: dark, as the mail itself answers it' },
  {
    value: 'inverted',
    label: 'Inverted',
    title: 'Simulation: colours turned around, as some mail apps do to every mail in the dark',
  },
];

/** What the address of html asks for, beside the html. */
export interface HtmlView {
  /** With remote images. */
  readonly images: 1 | undefined;
  /** As that mail program shows it. */
  readonly client: string | undefined;
}

interface PreviewProps {
  readonly title: string;
  /** Address of the html by how it is to be seen. */
  readonly src: (view: HtmlView) => string;
  /** Whether loading remote images is offered. */
  readonly remoteImages: boolean;
}

/** A mail's html at a width and in a colour scheme, alone in a sandbox where nothing of it can run. */
export function Preview({ title, src, remoteImages }: PreviewProps): VNode {
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
        {remoteImages ? (
          <label class="check">
            <input
              type="checkbox"
              checked={images.value}
              onChange={(event) => (images.value = event.currentTarget.checked)}
            />
            Remote images
          </label>
        ) : null}
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

/** The mail programs are many for radio buttons, and a phone is narrow. */
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
        {value === '' ? '' : `Approximation: without what it drops, by Can I email of ${date}`}
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
 * Browsers answer `prefers-color-scheme` inside a frame by the colour scheme of the frame's element.
 * An empty `sandbox` grants nothing: no scripts, no origin, no forms, no way out of the frame.
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
