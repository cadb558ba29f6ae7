import type { Fields } from '../message/fields.js';
import { mergeHeaders, parseHeaders } from '../message/header.js';
import { listUnsubscribeHeaders } from '../message/list-unsubscribe.js';
import type { Headers } from '../message/message.js';
import { parseMessageId, parseReferences } from '../message/message-id.js';
import { priorityHeaders } from '../message/priority.js';
import type { MailField } from './mail-fields.js';

/**
 * The extra headers of a mail and those made from its fields.
 * @throws {MailError} `message-invalid`
 */
export function composeHeaders(fields: Fields<MailField>): Headers {
  return mergeHeaders(
    'headers',
    threadHeaders(fields),
    fields.has('priority') ? priorityHeaders(fields.get('priority'), 'priority') : {},
    fields.has('listUnsubscribe')
      ? listUnsubscribeHeaders(fields.get('listUnsubscribe'), 'listUnsubscribe')
      : {},
    fields.has('headers') ? parseHeaders(fields.get('headers'), 'headers') : {},
  );
}

function threadHeaders(fields: Fields<MailField>): Headers {
  return {
    ...(fields.has('inReplyTo') && {
      'In-Reply-To': parseMessageId(fields.get('inReplyTo'), 'inReplyTo'),
    }),
    ...(fields.has('references') && {
      References: parseReferences(fields.get('references'), 'references').join(' '),
    }),
  };
}
