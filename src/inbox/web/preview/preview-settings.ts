import { signal } from '@preact/signals';

export const WIDTHS = ['320', '375', '768', 'full'] as const;
export type Width = (typeof WIDTHS)[number];
export type Scheme = 'light' | 'dark' | 'inverted';

/** Settings of the preview, shared by all mails. */
export class PreviewSettings {
  readonly width = signal<Width>('full');
  /** Id of the imitated mail program; empty for the html as sent. */
  readonly client = signal('');
  /** Initially that of the page itself. */
  readonly scheme = signal<Scheme>(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}
