import { HTML_VIEW } from './html-view.js';
import { type Endpoint, listOf, named, record, text, whole } from './operation.js';

const error = named('Error');
const language = { locale: 'BCP 47 tag; the base variant without it' };

/** What the inbox does beside showing mails. */
export const SERVICE_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    path: '/messages/{id}/findings',
    summary: 'What its readers, or their mail clients, will stumble over',
    answers: { 200: named('MailFindings'), 404: error },
  },
  {
    method: 'post',
    path: '/messages/{id}/links/check',
    summary: 'Follows one of its links, into the public internet alone',
    body: record({ url: text }),
    answers: { 200: named('CheckedLink'), 400: error, 404: error },
  },
  {
    method: 'post',
    path: '/messages/{id}/release',
    summary: 'Really sends it, to addresses of the option release.allow; to its own recipients without `to`',
    body: record({ 'to?': listOf(text), 'mailer?': text }),
    answers: { 200: named('Receipt'), 400: error, 404: error, 502: error },
  },
  {
    method: 'get',
    path: '/queue',
    summary: 'What waits in the queue, and what became of the rest, newest first',
    query: {
      state: 'waiting, sending, sent, dead, ambiguous, expired, cancelled or corrupt',
      before: 'What `next` of the page before said',
    },
    answers: { 200: named('QueuePage'), 400: error, 404: error },
  },
  {
    method: 'post',
    path: '/queue/pause',
    summary: 'This process begins no further mail',
    answers: { 204: undefined, 404: error },
  },
  {
    method: 'post',
    path: '/queue/resume',
    summary: 'It goes on',
    answers: { 204: undefined, 404: error },
  },
  {
    method: 'post',
    path: '/queue/{id}/retry',
    summary: 'Tries a mail again that was given up or is held; now, one that waits',
    answers: { 204: undefined, 404: error },
  },
  {
    method: 'post',
    path: '/queue/{id}/cancel',
    summary: 'Cancels a mail that waits or is held',
    answers: { 204: undefined, 404: error },
  },
  {
    method: 'get',
    path: '/templates',
    summary: 'All templates',
    answers: { 200: record({ templates: listOf(named('Template')) }), 404: error },
  },
  {
    method: 'get',
    path: '/templates/{name}',
    summary: 'One of them, rendered with its sample; slashes of its name may stand as they are',
    query: language,
    answers: { 200: named('TemplatePage'), 400: error, 404: error },
  },
  {
    method: 'get',
    path: '/templates/{name}.html',
    summary: 'Its html, for a sandboxed frame',
    query: { ...language, ...HTML_VIEW },
    answers: { 200: 'text/html', 400: error, 404: error },
  },
  {
    method: 'post',
    path: '/templates/{name}/send',
    summary: 'Really sends it with its sample, to an address of the option release.allow',
    body: record({ to: text, 'locale?': text }),
    answers: { 200: named('Receipt'), 400: error, 404: error, 502: error },
  },
  {
    method: 'get',
    path: '/chaos',
    summary: 'The rules by which the next attempts fail',
    answers: { 200: record({ rules: listOf(named('ChaosRule')) }) },
  },
  {
    method: 'post',
    path: '/chaos',
    summary: 'Makes the next attempts for a template, or for a recipient, fail',
    body: record({ 'template?': text, 'to?': text, fault: named('ChaosFault'), 'times?': whole }),
    answers: { 201: named('ChaosRule'), 400: error },
  },
  {
    method: 'delete',
    path: '/chaos',
    summary: 'Takes all rules back',
    answers: { 204: undefined },
  },
  {
    method: 'delete',
    path: '/chaos/{id}',
    summary: 'Takes a rule back',
    answers: { 204: undefined, 404: error },
  },
];
