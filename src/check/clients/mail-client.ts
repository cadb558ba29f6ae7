import type { PROGRAMS } from './support-data.js';

export type MailClient = keyof typeof PROGRAMS;

/** The most common mail clients, as far as they differ in the html they support. */
export const MAIL_CLIENTS = [
  'Gmail',
  'Outlook (Windows)',
  'Apple Mail',
  'Outlook.com',
  'Yahoo Mail',
  'GMX',
] as const satisfies readonly MailClient[];
