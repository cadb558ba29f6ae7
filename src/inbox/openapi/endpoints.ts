import { HTML_VIEW } from './html-view.js';
import { type Endpoint, named, record, yesNo } from './operation.js';

const MATCHING = {
  to: 'Part of a recipient address',
  subject: 'Part of the subject',
  template: 'Name of the template',
  tag: 'One of its tags',
  status: 'sent, queued, deferred, dead, cancelled, failed or received',
  has: 'attachment',
  run: 'Value of its X-Test-Run header',
  q: 'Free words, and to: subject: template: tag: status: run: has:attachment',
};
const error = named('Error');

/** The API of mails. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    path: '/messages',
    summary: 'The mails that match, newest first',
    query: {
      ...MATCHING,
      limit: 'At most so many, from 1 to 100; 50 without it',
      before: 'Id of a mail, here or removed since: what is older',
    },
    answers: { 200: named('MessagePage'), 400: error },
  },
  {
    method: 'delete',
    path: '/messages',
    summary: 'Removes the mails that match; all without a parameter, none for one that is unknown or empty',
    query: MATCHING,
    answers: { 204: undefined, 400: error },
  },
  {
    method: 'get',
    path: '/messages/{id}',
    summary: 'One mail, with the links and codes in it and what became of it',
    answers: { 200: named('Message'), 404: error },
  },
  {
    method: 'patch',
    path: '/messages/{id}',
    summary: 'Marks a mail as read or unread',
    body: record({ unread: yesNo }),
    answers: { 200: named('MessageSummary'), 400: error, 404: error },
  },
  {
    method: 'delete',
    path: '/messages/{id}',
    summary: 'Removes a mail',
    answers: { 204: undefined, 404: error },
  },
  {
    method: 'get',
    path: '/messages/{id}.html',
    summary: 'Its html, for a sandboxed frame',
    query: HTML_VIEW,
    answers: { 200: 'text/html', 400: error, 404: error },
  },
  {
    method: 'get',
    path: '/messages/{id}.eml',
    summary: 'Its source, to save',
    answers: { 200: 'message/rfc822', 404: error },
  },
  {
    method: 'get',
    path: '/messages/{id}.txt',
    summary: 'Its source, to look at',
    answers: { 200: 'text/plain', 404: error },
  },
  {
    method: 'get',
    path: '/messages/{id}/files/{index}',
    summary: 'One of its files, to save; an inline image may be shown',
    answers: { 200: 'application/octet-stream', 404: error },
  },
  {
    method: 'get',
    path: '/latest.html',
    summary: 'The html of the newest mail that matches',
    query: MATCHING,
    answers: { 200: 'text/html', 404: error },
  },
  {
    method: 'get',
    path: '/wait',
    summary: 'The first mail after `after` that matches, waiting for it; without `after` the newest there is',
    query: {
      ...MATCHING,
      after: 'Id of a mail, here or removed since, or a time (ISO 8601)',
      timeout: 'Milliseconds, up to 60000; 4000 without it',
    },
    answers: { 200: named('Message'), 400: error, 408: error },
  },
  {
    method: 'get',
    path: '/events',
    summary: 'What happens, live (server-sent events); Last-Event-ID resumes, `reset` says that it cannot',
    answers: { 200: 'text/event-stream' },
    needsHeader: true,
  },
  {
    method: 'get',
    path: '/status',
    summary: 'What this inbox is and can do',
    answers: { 200: named('Status') },
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This description',
    answers: { 200: 'application/json' },
  },
];
