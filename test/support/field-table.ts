import { MailError } from '../../src/errors/mail-error.js';
import type { RenderedMessage } from '../../src/message/message.js';
import { plainMessage, withProvider } from './provider-transport.js';
import { richMessages } from './rich-messages.js';

/** Names of what differs between two requests, as a reader of the provider's docs finds them. */
function differences(before: unknown, after: unknown, at = ''): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const items: readonly unknown[] = after;
    return items.flatMap((item, index) => differences(before[index], item, `${at}[]`));
  }
  if (!isRecord(before) || !isRecord(after)) return [at];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => differences(before[name], after[name], at === '' ? name : `${at}.${name}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const shown = (field: string): string => (field === '' ? 'the message' : `\`${field.replace(/\[\]$/, '')}\``);

/** Each kind of mail, and how the provider is told of it: fields of its own, or why it is refused. */
export function fieldTable(name: string): Promise<ReadonlyArray<readonly [what: string, how: string]>> {
  return withProvider(name, [], async ({ transport, server }) => {
    const { signal } = new AbortController();
    const bodiesOf = async (message: RenderedMessage): Promise<readonly unknown[]> => {
      const before = server.mails.length;
      await transport.send(message, { signal });
      return server.mails.slice(before).map(({ request }) => request.body);
    };
    const [plain] = await bodiesOf(plainMessage());
    const how = async (message: RenderedMessage): Promise<string> => {
      try {
        const bodies = await bodiesOf(message);
        const found = [...new Set(bodies.flatMap((body) => differences(plain, body)))].toSorted();
        const fields = found.map(shown).join(', ');
        return bodies.length > 1 ? `${fields}, in a request for each` : fields;
      } catch (error) {
        if (!MailError.is(error) || error.code !== 'unsupported') throw error;
        return `refused: ${error.message.replace(/^.*?not supported\. \w+: /, '')}`;
      }
    };
    const rows: [string, string][] = [];
    for (const [title, message] of richMessages) rows.push([title, await how(message)]);
    return rows;
  });
}
