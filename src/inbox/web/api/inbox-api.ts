import { get, getText, post, write } from './client.js';
import type {
  ChaosRule,
  Findings,
  LinkCheck,
  Message,
  MessagePage,
  NewChaosRule,
  QueuePage,
  Receipt,
  TemplateRendering,
  TemplateSummary,
} from './shapes.js';

/** How many mails are read at a time. */
const PAGE = 50;

export const findMessages = (q: string, before?: string, signal?: AbortSignal): Promise<MessagePage> =>
  get('messages', { q, before, limit: PAGE }, signal);
export const readMessage = (id: string, signal: AbortSignal): Promise<Message> =>
  get(`messages/${id}`, {}, signal);
export const readSource = (id: string, signal: AbortSignal): Promise<string> =>
  getText(`messages/${id}.txt`, signal);
export const readFindings = (id: string, signal: AbortSignal): Promise<Findings> =>
  get(`messages/${id}/findings`, {}, signal);
export const markUnread = (id: string, unread: boolean): Promise<unknown> =>
  write('PATCH', `messages/${id}`, { unread });
export const deleteMessage = (id: string): Promise<unknown> => write('DELETE', `messages/${id}`);
export const deleteMessages = (): Promise<unknown> => write('DELETE', 'messages');
export const releaseMessage = (
  id: string,
  to: readonly string[] | undefined,
  mailer: string | undefined,
): Promise<Receipt> => post(`messages/${id}/release`, { to, mailer });
export const checkLink = (id: string, url: string): Promise<LinkCheck> =>
  post(`messages/${id}/links/check`, { url });

export const readQueue = (
  state: string,
  before: string | undefined,
  signal: AbortSignal,
): Promise<QueuePage> => get('queue', { state, before }, signal);
export const retryQueued = (id: string): Promise<unknown> => write('POST', `queue/${id}/retry`);
export const cancelQueued = (id: string): Promise<unknown> => write('POST', `queue/${id}/cancel`);
export const pauseQueue = (): Promise<unknown> => write('POST', 'queue/pause');
export const resumeQueue = (): Promise<unknown> => write('POST', 'queue/resume');

export async function readTemplates(signal: AbortSignal): Promise<readonly TemplateSummary[]> {
  const { templates } = await get<{ templates: readonly TemplateSummary[] }>('templates', {}, signal);
  return templates;
}
export const readTemplate = (
  name: string,
  locale: string | undefined,
  signal: AbortSignal,
): Promise<TemplateRendering> => get(`templates/${name}`, { locale }, signal);
export const sendSample = (name: string, to: string, locale: string | undefined): Promise<Receipt> =>
  post(`templates/${name}/send`, { to, locale });

export async function readChaos(signal: AbortSignal): Promise<readonly ChaosRule[]> {
  const { rules } = await get<{ rules: readonly ChaosRule[] }>('chaos', {}, signal);
  return rules;
}
export const addChaos = (rule: NewChaosRule): Promise<unknown> => write('POST', 'chaos', rule);
export const removeChaos = (id: string): Promise<unknown> => write('DELETE', `chaos/${id}`);
export const endChaos = (): Promise<unknown> => write('DELETE', 'chaos');
