import { Parser } from 'htmlparser2';

const TABLE_PARTS = new Set('table thead tbody tfoot tr colgroup'.split(' '));
/** A table body without rows says nothing. */
const EMPTY_BODY = /<tbody[^>]*>\n<\/tbody>\n/g;

/** The parser leaves a textarea's references to its readers. */
function decoded(text: string): string {
  const named: Readonly<Record<string, string>> = { quot: '"', '#x27': "'", '#x60': '`', '#x3D': '=' };
  return text.replace(/&([^;]+);/g, (whole, name: string) => named[name] ?? whole);
}

/** HTML as its readers see it, a token a line: entities decoded, attributes sorted, spaces between rows dropped. */
export function normalHtml(html: string): string {
  const lines: string[] = [];
  const open: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '' && !(TABLE_PARTS.has(open.at(-1) ?? '') && text.trim() === ''))
      lines.push(JSON.stringify(open.at(-1) === 'textarea' ? decoded(text) : text));
    text = '';
  };
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        flush();
        open.push(name);
        const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
        lines.push(`<${[name, ...sorted.map((pair) => JSON.stringify(pair))].join(' ')}>`);
      },
      ontext: (piece) => {
        text += piece;
      },
      oncomment: (comment) => {
        flush();
        lines.push(`<!--${comment}-->`);
      },
      onprocessinginstruction: (_, instruction) => {
        flush();
        lines.push(`<${instruction}>`);
      },
      onclosetag: (name) => {
        flush();
        open.pop();
        lines.push(`</${name}>`);
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  flush();
  return `${lines.join('\n')}\n`.replace(EMPTY_BODY, '');
}
