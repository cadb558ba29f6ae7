/** The preview line of one rendered mail, and whether a template has printed it itself. */
export class Preheader {
  readonly text: string | undefined;
  #printed = false;

  constructor(text: string | undefined) {
    this.text = text;
  }

  get printed(): boolean {
    return this.#printed;
  }

  /** To be called by whoever prints it. */
  print(): string | undefined {
    this.#printed = true;
    return this.text;
  }
}

const BODY = /<!--[^]*?-->|<body\b(?:"[^"]*"|'[^']*'|[^>"'])*>/gi;

/** Puts a preheader where mail clients look for a preview: first in the body, hidden. */
export function withPreheader(html: string, text: string): string {
  const hidden =
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">' +
    `${escapeHtml(text)}</div>`;
  for (const match of html.matchAll(BODY)) {
    if (match[0].startsWith('<!--')) continue;
    const end = match.index + match[0].length;
    return html.slice(0, end) + hidden + html.slice(end);
  }
  return hidden + html;
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
