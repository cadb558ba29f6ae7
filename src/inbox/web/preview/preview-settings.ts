import { signal } from '@preact/signals';

export const WIDTHS = ['320', '375', '768', 'full'] as const;
export type Width = (typeof WIDTHS)[number];
export type Scheme = 'light' | 'dark' | 'inverted';

/** How mails are looked at; kept from one mail to the next. */
export class PreviewSettings {
  readonly width = signal<Width>('full');
  /** Whose view of a mail is shown; its own html to begin with. */
  readonly client = signal('');
  /** As the page itself is seen, to begin with. */
  readonly scheme = signal<Scheme>(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}
