/** The beginning of a conditional comment: hidden from other clients, or also shown to them. */
const OPEN = /<!(?:--)?\[if\s([^\]]{1,200})\]>(?:<!-->|<!--\s?-->|-->)?/gi;
const END = /(?:<!--)?<!\[endif\](?:--)?>/g;
/** Version of Word in Outlook since 2016. */
const VERSION = 16;

/** Resolves conditional comments as Outlook on Windows does: keeps the content of those that match Word. */
export function wordHtml(html: string): string {
  let read = '';
  let at = 0;
  for (;;) {
    OPEN.lastIndex = at;
    const open = OPEN.exec(html);
    END.lastIndex = OPEN.lastIndex;
    const end = open && END.exec(html);
    if (!open || !end) return read + html.slice(at);
    const content = html.slice(open.index + open[0].length, end.index);
    read += html.slice(at, open.index) + (holds(open[1] ?? '') ? content : '');
    at = end.index + end[0].length;
  }
}

/** Whether a condition holds for Word: `mso`, `gte mso 9`, `(mso)|(IE)`, `!mso`. */
function holds(condition: string): boolean {
  const parts = condition.replaceAll(/[()]/g, '').split('|');
  return parts.some((part) => part.split('&').every((term) => isTrue(term.trim().toLowerCase())));
}

function isTrue(term: string): boolean {
  if (term.startsWith('!')) return !isTrue(term.slice(1).trim());
  const [, comparison = 'eq', name = '', number] =
    /^(?:(lte?|gte?)\s+)?([a-z]+)(?:\s+([\d.]+))?$/.exec(term) ?? [];
  if (name !== 'mso') return name === 'vml' || name === 'true';
  return number === undefined || compareVersion(comparison, Number(number));
}

function compareVersion(comparison: string, number: number): boolean {
  if (comparison === 'gt') return VERSION > number;
  if (comparison === 'gte') return VERSION >= number;
  if (comparison === 'lt') return VERSION < number;
  return comparison === 'lte' ? VERSION <= number : VERSION === number;
}
