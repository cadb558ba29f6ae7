import { signal } from '@preact/signals';

export const WIDTHS = ['320', '375', '768', 'full'] as const;
export type Width = (typeof WIDTHS)[number];
export type Scheme = 'light' | 'dark' | 'inverted';

/** How mails are looked at; kept from one mail to the next. */
export class PreviewSettings {
  readonly width = signal<Width>('full');
  readonly scheme = signal<Scheme>('light');
}
