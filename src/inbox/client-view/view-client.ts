import type { MailClient } from '../../check/clients/mail-client.js';
import { refusal } from '../http/reply.js';

/** A mail program that a mail can be previewed in. */
export interface ViewClient {
  /** Identifies it in URLs. */
  readonly id: string;
  /** Shown on the page. */
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

/** Query parameters of the routes that return html for a frame. */
export const HTML_VIEW: Readonly<Record<string, string>> = {
  images: '1 allows remote images',
  client: `Approximates this mail program: ${VIEW_CLIENTS.map(({ id }) => id).join(', ')}`,
};

/** @throws {HttpException} 400 for an unknown id */
export function viewClientOf(id: string | undefined): MailClient | undefined {
  if (id === undefined) return undefined;
  const known = VIEW_CLIENTS.find((client) => client.id === id);
  if (known) return known.client;
  throw refusal(400, `client: expected ${VIEW_CLIENTS.map((client) => client.id).join(', ')}.`);
}
