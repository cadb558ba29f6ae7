import { Kind } from '../../reader/option.js';
import { parsed } from '../../reader/kinds.js';
import { parseMailbox, parseMailboxes } from './mailbox.js';

export const MAILBOX = parsed('an address such as "Shop <hello@example.com>"', parseMailbox);

const MAILBOX_TEXT = new Kind(MAILBOX.expected, (text) => MAILBOX.parse(text) && text);

/** An option with one mailbox or several; a variable holds one. */
export const MAILBOXES = parsed('an address or several', parseMailboxes, { text: MAILBOX_TEXT });
