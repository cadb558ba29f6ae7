import { messageOf } from '../../errors/mail-error.js';
import { NOT_INLINED } from '../css/style-tags.js';
import { bodyStart } from '../syntax/front-matter.js';
import {
  countUpTo,
  LineStarts,
  LocationIndex,
  type Origins,
  type SourceLocation,
} from '../faults/source-location.js';
import { parsePiece } from '../syntax/syntax.js';
import { TemplateFaults, type TemplateFault } from '../faults/template-fault.js';
import { hideTags, restoredTags, shownTags, type HiddenTag, type HiddenTags } from './hidden-tags.js';
import { loadMjml, type MjmlEngine, type MjmlError } from './mjml-engine.js';
import { IncludedMjml, type IncludeFiles } from './mjml-includes.js';
import { mjmlOutline, OWN_STYLE } from './mjml-outline.js';

/** A template file with its MJML compiled to HTML; its front matter and Handlebars tags are unchanged. */
interface CompiledMjml {
  readonly content: string;
  /** Maps the tags of the HTML to the body of the file; absent if there is no HTML. */
  readonly origins?: Origins;
}

interface MjmlSource {
  readonly path: string;
  /** The front matter and all else before the body. */
  readonly head: string;
  readonly body: string;
  /** Line of the file that the body starts on. */
  readonly line: number;
  readonly refusesInline: boolean;
}

/** Compiles templates written in MJML to HTML, each file again only if its content has changed. */
export class MjmlCompiler {
  readonly #load: (file: string) => Promise<MjmlEngine>;
  readonly #refusesInline: boolean;
  readonly #compiled = new Map<string, { readonly content: string; readonly compiled: CompiledMjml }>();
  #engine: MjmlEngine | undefined;

  /** @param refusesInline whether `inline="inline"` is a fault, as it is when no styles are inlined */
  constructor(load: (file: string) => Promise<MjmlEngine> = (file) => loadMjml(file), refusesInline = false) {
    this.#load = load;
    this.#refusesInline = refusesInline;
  }

  /**
   * Compiles a file with all files that it includes.
   * @param name path of the file under the templates folder
   * @throws {MailError} `config` if MJML is not installed
   */
  async compileFile(
    name: string,
    { path, content }: { readonly path: string; readonly content: string },
    files: IncludeFiles,
    faults: TemplateFaults,
  ): Promise<CompiledMjml> {
    if (!/<mj-include\b/i.test(content)) return this.compile(path, content, faults);
    const own = new TemplateFaults();
    const whole = await IncludedMjml.read(name, content, files, faults);
    const { origins, ...compiled } = await this.compile(path, whole.content, own);
    for (const fault of own.list) faults.add({ ...fault, place: whole.place(fault.place) });
    if (!origins) return compiled;
    return { ...compiled, origins: { of: (position) => whole.position(origins.of(position)) } };
  }

  /** @throws {MailError} `config` if MJML is not installed */
  async compile(path: string, content: string, faults: TemplateFaults): Promise<CompiledMjml> {
    const known = this.#compiled.get(path);
    if (known?.content === content) return known.compiled;
    this.#engine ??= await this.#load(path);
    const start = bodyStart(content);
    const head = content.slice(0, start);
    const source = {
      path,
      head,
      body: content.slice(start),
      line: head.split('\n').length,
      refusesInline: this.#refusesInline,
    };
    const compiled = await compileBody(source, this.#engine, faults);
    if (compiled.origins) this.#compiled.set(path, { content, compiled });
    return compiled;
  }
}

async function compileBody(
  source: MjmlSource,
  engine: MjmlEngine,
  faults: TemplateFaults,
): Promise<CompiledMjml> {
  const { path, head, body, line } = source;
  const nothing = { content: head };
  // Reports the faults of Handlebars at their places, and makes sure that MJML gets whole tags only.
  if (!parsePiece({ source: body, place: { file: path, line, column: 1 } }, faults)) return nothing;
  const hidden = hideTags(body);
  const outline = mjmlOutline(hidden);
  const places = new MjmlPlaces(source, hidden);
  for (const { offset, what, fix } of outline.faults) faults.add({ place: places.inText(offset), what, fix });
  const refused = source.refusesInline ? outline.inlined : [];
  for (const offset of refused) faults.add({ place: places.inText(offset), ...NO_INLINE });
  const html = await run(places, outline.text, hidden, engine, faults);
  if (html === undefined || outline.faults.length + refused.length > 0) return nothing;
  const { text, origins, found } = restoredTags(withStyles(html), body, hidden);
  const lost = [...hidden.tags.values()].filter(
    ({ placeholder, comment }) => !comment && !found.has(placeholder) && !outline.optional.has(placeholder),
  );
  for (const tag of lost) faults.add(lostTag(places, tag));
  return lost.length > 0 ? nothing : { content: head + text, origins };
}

const NO_INLINE = {
  what: 'these styles are to be inlined, and templates.inlineCss is false',
  fix: 'Remove inline="inline", or leave templates.inlineCss at true',
};

function lostTag(places: MjmlPlaces, { offset, source }: HiddenTag): TemplateFault {
  return {
    place: places.inSource(offset),
    what: `MJML leaves ${source} out of the mail`,
    fix: 'Put it where MJML prints what stands there: text, or an attribute that is no mj-class',
  };
}

/** @returns the HTML, or undefined if MJML refuses the source */
async function run(
  places: MjmlPlaces,
  text: string,
  hidden: HiddenTags,
  engine: MjmlEngine,
  faults: TemplateFaults,
): Promise<string | undefined> {
  try {
    const options = { validationLevel: 'soft', ignoreIncludes: true, keepComments: true } as const;
    const { html, errors } = await engine(text, options);
    const counted = errors.filter((error) => !isTagAsColor(error, hidden));
    for (const error of counted) {
      faults.add({ place: places.ofError(error), what: shownTags(error.message.trim(), hidden) });
    }
    return counted.length > 0 ? undefined : html;
  } catch (error) {
    faults.add({
      place: places.inSource(0),
      what: `MJML cannot read it: ${shownTags(messageOf(error), hidden)}`,
    });
    return undefined;
  }
}

/** Whether MJML refuses a tag in place of a colour. It prints colours unchanged, but it computes with sizes. */
function isTagAsColor({ message }: MjmlError, { pattern }: HiddenTags): boolean {
  return /has invalid value: .* for type Color/.test(message) && message.search(pattern) >= 0;
}

/** Finds places in a source, by its own offsets or by those of the text with hidden tags. */
class MjmlPlaces {
  readonly #places: LocationIndex;
  readonly #text: string;
  readonly #lines: LineStarts;
  /** The end of each placeholder in the text, and of its tag in the source. */
  readonly #placeholderEnds: number[] = [];
  readonly #tagEnds: number[] = [];

  constructor({ path, body, line }: MjmlSource, { text, tags }: HiddenTags) {
    this.#places = new LocationIndex(path, body, line);
    this.#text = text;
    this.#lines = new LineStarts(text);
    let added = 0;
    for (const { placeholder, source, offset } of tags.values()) {
      this.#placeholderEnds.push(offset + added + placeholder.length);
      this.#tagEnds.push(offset + source.length);
      added += placeholder.length - source.length;
    }
  }

  inSource(offset: number): SourceLocation {
    return this.#places.at(offset);
  }

  inText(offset: number): SourceLocation {
    const last = countUpTo(this.#placeholderEnds, offset) - 1;
    return this.inSource((this.#tagEnds[last] ?? 0) + offset - (this.#placeholderEnds[last] ?? 0));
  }

  /** MJML tells the line in the text; the column is that of the element's tag on this line. */
  ofError({ line, tagName }: MjmlError): SourceLocation {
    const start = this.#lines.startOf(line - 1);
    const written = this.#text.slice(start, this.#lines.startOf(line));
    return this.inText(start + Math.max(written.indexOf(`<${tagName}`), 0));
  }
}

const STYLE = /<!--[^]*?-->|<style\b([^>]*)>([^]*?)<\/style>/g;

/** Keeps the styles that MJML adds where they are, because they are for mail programs and not for elements. */
function withStyles(html: string): string {
  return html.replace(STYLE, (tag: string, attributes: string | undefined, css: string | undefined) => {
    if (attributes === undefined || css === undefined) return tag;
    if (css.includes(OWN_STYLE)) return tag.replaceAll(OWN_STYLE, '');
    return `<style ${NOT_INLINED}${attributes}>${css}</style>`;
  });
}
