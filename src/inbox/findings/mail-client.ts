/** The mail clients that most readers have, as far as they differ in what html they show. */
export const MAIL_CLIENTS = [
  'Gmail',
  'Outlook (Windows)',
  'Apple Mail',
  'Outlook.com',
  'Yahoo Mail',
] as const;

export type MailClient = (typeof MAIL_CLIENTS)[number];

/** `partial`: in some of its programs, or not all of it. */
export type Support = 'no' | 'partial';

/** What a client does not do, and what to do about it. */
export interface Gap {
  readonly support: Support;
  readonly reason: string;
}

/** By client; one that is left out has the feature. */
export type Gaps = Readonly<Partial<Record<MailClient, Gap>>>;

export function no(reason: string): Gap {
  return { support: 'no', reason };
}

export function partial(reason: string): Gap {
  return { support: 'partial', reason };
}
