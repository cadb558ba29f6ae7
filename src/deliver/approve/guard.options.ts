import { show } from '../../errors/show.js';
import { MAILBOX } from '../../message/address/mailbox.kind.js';
import { type At, Kind, type Reader, env, optional, or } from '../../reader/option.js';
import { Group } from '../../reader/group.js';
import { TEXTS } from '../../reader/kinds.js';
import { parsePattern, type RecipientPattern } from './recipient-pattern.js';

const EXPECTED = 'addresses or *@domain patterns';

/** Patterns of recipients: an array, or in a variable a text with commas. */
export const PATTERNS: Reader<readonly RecipientPattern[]> = {
  expected: EXPECTED,
  read(value: unknown, at: At): readonly RecipientPattern[] | undefined {
    return TEXTS.read(value, at)?.flatMap(
      (text) => parsePattern(text) ?? at.refuse(EXPECTED, show(text)) ?? [],
    );
  },
  text: new Kind(`${EXPECTED}, separated by commas`, listIn, { isList: true }),
};

function listIn(text: unknown): readonly string[] | undefined {
  const list = String(text)
    .split(',')
    .map((pattern) => pattern.trim());
  return list.every((pattern) => parsePattern(pattern)) ? list : undefined;
}

const ALLOW =
  '[who may get mail](docs/configuration.md#recipient-guard): `qa@example.test`, `*@example.test`';

export const GUARD = new Group({
  allow: env('MAIL_ALLOW_RECIPIENTS', or(PATTERNS, [], ALLOW, 'everybody')),
  redirectTo: env('MAIL_REDIRECT_TO', optional(MAILBOX, 'who gets the mail of everybody else', 'nobody')),
});
