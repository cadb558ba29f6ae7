import { parsed } from '../../reader/kinds.js';
import { parseMailbox, parseMailboxes } from './mailbox.js';

/** An option that is a mailbox. */
export const MAILBOX = parsed('an address such as "Shop <hello@example.com>"', parseMailbox);

/** One or several; in a variable it is one. */
export const MAILBOXES = parsed('an address or several', parseMailboxes, { text: MAILBOX });
