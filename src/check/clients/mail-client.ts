import type { PROGRAMS } from './support-data.js';

export type MailClient = keyof typeof PROGRAMS;

/** The mail clients that most readers have, as far as they differ in what html they show. */
export const MAIL_CLIENTS = [
  'Gmail',
  'Outlook (Windows)',
  'Apple Mail',
  'Outlook.com',
  'Yahoo Mail',
  'GMX',
] as const satisfies readonly MailClient[];
