import type { Fields } from '../message/values/fields.js';
import { parseForeignIds } from '../message/headers/foreign-ids.js';
import { mergeHeaders, parseHeaders } from '../message/headers/header.js';
import { listUnsubscribeHeaders } from '../message/headers/list-unsubscribe.js';
import type { Headers } from '../message/message.js';
import { priorityHeaders } from '../message/headers/priority.js';
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
    ...idsHeader('In-Reply-To', fields, 'inReplyTo'),
    ...idsHeader('References', fields, 'references'),
  };
}

/** Nothing when no id is left that a header can hold. */
function idsHeader(name: string, fields: Fields<MailField>, field: MailField): Headers {
  if (!fields.has(field)) return {};
  const ids = parseForeignIds(fields.get(field), field);
  return ids.length === 0 ? {} : { [name]: ids.join(' ') };
}
