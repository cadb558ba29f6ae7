/** The preview line of one mail, which also knows whether a template has printed it. */
export class Preheader {
  readonly text: string | undefined;
  #printed = false;

  constructor(text: string | undefined) {
    this.text = text;
  }

  get printed(): boolean {
    return this.#printed;
  }

  /** Returns the text and notes that the template prints it. */
  print(): string | undefined {
    this.#printed = true;
    return this.text;
  }
}

const COMMENT_OR_BODY = /<!--|<body\b/gi;
const BODY = /<body\b(?:"[^"]*"|'[^']*'|[^>"'])*>/iy;

/** Puts a preheader where mail programs look for a preview: hidden at the beginning of the body. */
export function withPreheader(html: string, text: string): string {
  const hidden =
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">' +
    `${escapeHtml(text)}</div>`;
  const start = bodyStart(html) ?? 0;
  return html.slice(0, start) + hidden + html.slice(start);
}

/** The index behind the tag `<body>`; undefined without one, or if a comment without an end hides it. */
function bodyStart(html: string): number | undefined {
  const next = new RegExp(COMMENT_OR_BODY);
  for (let found = next.exec(html); found; found = next.exec(html)) {
    if (found[0] !== '<!--') return tagEnd(html, found.index);
    const end = html.indexOf('-->', next.lastIndex);
    if (end < 0) return undefined;
    next.lastIndex = end;
  }
  return undefined;
}

function tagEnd(html: string, start: number): number | undefined {
  const tag = new RegExp(BODY);
  tag.lastIndex = start;
  return tag.test(html) ? tag.lastIndex : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
