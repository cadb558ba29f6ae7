import type { ChaosRule, ChaosRuleList, NewChaosRule } from '../../api/chaos.js';
import type { CheckedLink, MailFindings } from '../../api/checks.js';
import type { MessagePage, MessageView } from '../../api/messages.js';
import type { QueuePage } from '../../api/queue.js';
import type { ReleaseReceipt } from '../../api/receipt.js';
import type { TemplateList, TemplatePage, TemplateSummary } from '../../api/templates.js';
import { get, getText, post, write } from './client.js';

/** Mails per request. */
const PAGE_SIZE = 50;

export const findMessages = (q: string, before?: string, signal?: AbortSignal): Promise<MessagePage> =>
  get('messages', { q, before, limit: PAGE_SIZE }, signal);
export const readMessage = (id: string, signal: AbortSignal): Promise<MessageView> =>
  get(`messages/${id}`, {}, signal);
export const readSource = (id: string, signal: AbortSignal): Promise<string> =>
  getText(`messages/${id}.txt`, signal);
export const readFindings = (id: string, signal: AbortSignal): Promise<MailFindings> =>
  get(`messages/${id}/findings`, {}, signal);
export const markUnread = (id: string, unread: boolean): Promise<unknown> =>
  write('PATCH', `messages/${id}`, { unread });
export const deleteMessage = (id: string): Promise<unknown> => write('DELETE', `messages/${id}`);
export const deleteMessages = (): Promise<unknown> => write('DELETE', 'messages');
export const releaseMessage = (
  id: string,
  to: readonly string[] | undefined,
  mailer: string | undefined,
): Promise<ReleaseReceipt> => post(`messages/${id}/release`, { to, mailer });
export const checkLink = (id: string, url: string): Promise<CheckedLink> =>
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
  const { templates } = await get<TemplateList>('templates', {}, signal);
  return templates;
}
export const readTemplate = (
  name: string,
  locale: string | undefined,
  signal: AbortSignal,
): Promise<TemplatePage> => get(`templates/${name}`, { locale }, signal);
export const sendSample = (name: string, to: string, locale: string | undefined): Promise<ReleaseReceipt> =>
  post(`templates/${name}/send`, { to, locale });

export async function readChaos(signal: AbortSignal): Promise<readonly ChaosRule[]> {
  const { rules } = await get<ChaosRuleList>('chaos', {}, signal);
  return rules;
}
export const addChaos = (rule: NewChaosRule): Promise<unknown> => write('POST', 'chaos', rule);
export const removeChaos = (id: string): Promise<unknown> => write('DELETE', `chaos/${id}`);
export const endChaos = (): Promise<unknown> => write('DELETE', 'chaos');
