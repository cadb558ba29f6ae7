import type { MailClient } from '../../check/clients/mail-client.js';
import { refusal } from '../http/refusal.js';

/** A program in which a mail can be looked at. */
export interface ViewClient {
  /** In addresses. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly client: MailClient;
}

export const VIEW_CLIENTS: readonly ViewClient[] = [
  { id: 'gmail', name: 'Gmail', client: 'Gmail' },
  { id: 'yahoo', name: 'Yahoo and AOL', client: 'Yahoo Mail' },
  { id: 'gmx', name: 'GMX and WEB.DE', client: 'GMX' },
  { id: 'outlook-com', name: 'Outlook.com', client: 'Outlook.com' },
  { id: 'outlook', name: 'Outlook (Word)', client: 'Outlook (Windows)' },
];

/** Query parameters of html that is shown in a frame. */
export const HTML_VIEW: Readonly<Record<string, string>> = {
  images: '1: remote images may be loaded',
  client: `About as this mail program shows it: ${VIEW_CLIENTS.map(({ id }) => id).join(', ')}`,
};

/** @throws {HttpException} 400 for one that there is not */
export function viewClientOf(id: string | undefined): MailClient | undefined {
  if (id === undefined) return undefined;
  const known = VIEW_CLIENTS.find((client) => client.id === id);
  if (known) return known.client;
  throw refusal(400, `client: expected ${VIEW_CLIENTS.map((client) => client.id).join(', ')}.`);
}
