import type { MailBodies } from './bodies.js';
import { viewHtml } from './html-view.js';

/** A link that a reader can follow. */
export interface FoundLink {
  /** As written: `http:`, `https:` or `mailto:`. */
  readonly url: string;
  /** The clickable text, including the `alt` of an image; in plain text the URL itself. */
  readonly text: string;
}

const FOLLOWED = /^(?:https?:\/\/|mailto:)[^\s]+$/i;
/** A URL in plain text, possibly in brackets or at the end of a sentence. */
export const WRITTEN_URL = /\b(?:https?:\/\/|mailto:)[^\s<>"'`]+/gi;
const SENTENCE_END = new Set('.,;:!?*_]}');

/** Finds the links of a mail, each URL once: those of the html in its order, then those that only the text has. */
export function linksIn({ html, text }: MailBodies): readonly FoundLink[] {
  const found = new Map<string, FoundLink>();
  for (const link of [...linksInHtml(html ?? ''), ...linksInText(text ?? '')]) {
    const known = found.get(link.url);
    if (known === undefined || known.text === '') found.set(link.url, link);
  }
  return [...found.values()];
}

function linksInHtml(html: string): readonly FoundLink[] {
  return viewHtml(html)
    .links.map(({ href, text }) => ({ url: href.trim(), text }))
    .filter(({ url }) => FOLLOWED.test(url));
}

function linksInText(text: string): readonly FoundLink[] {
  return [...text.matchAll(WRITTEN_URL)].map(([written]) => {
    const url = withoutSentence(written);
    return { url, text: url };
  });
}

/** A closing bracket belongs to the URL only if the URL opens it (RFC 3986 appendix C). */
function withoutSentence(written: string): string {
  let end = written.length;
  let surplus = written.split(')').length - written.split('(').length;
  for (; end > 0; end -= 1) {
    const last = written[end - 1] ?? '';
    if (last === ')' && surplus > 0) surplus -= 1;
    else if (!SENTENCE_END.has(last)) break;
  }
  return written.slice(0, end);
}
