import { messageOf } from '../../errors/mail-error.js';
import { NOT_INLINED } from '../css/style-tags.js';
import { bodyStart } from '../syntax/front-matter.js';
import { countUpTo, LineStarts, PlaceIndex, type Origins, type Place } from '../faults/source-place.js';
import { parsePiece } from '../syntax/syntax.js';
import { TemplateFaults, type TemplateFault } from '../faults/template-fault.js';
import { hideTags, shownTags, type HiddenTag, type HiddenTags } from './hidden-tags.js';
import { loadMjml, type MjmlEngine, type MjmlError } from './mjml-engine.js';
import { IncludedMjml, type IncludeFiles } from './mjml-includes.js';
import { mjmlOutline, OWN_STYLE } from './mjml-outline.js';
import { restoredTags } from './tag-origins.js';

/** A template file with its MJML made into HTML; front matter and Handlebars tags are as they were. */
export interface CompiledMjml {
  readonly content: string;
  /** Where the tags of the HTML stand in the file's own body. Absent when there is none. */
  readonly origins?: Origins;
}

interface Source {
  readonly path: string;
  /** What stands before the body. */
  readonly head: string;
  readonly body: string;
  /** Line of the file the body starts on. */
  readonly line: number;
  readonly refusesInline: boolean;
}

interface Compilation {
  readonly content: string;
  readonly compiled: CompiledMjml;
}

/** Makes HTML of templates written in MJML. A file whose content is the same is not compiled again. */
export class MjmlCompiler {
  readonly #load: (file: string) => Promise<MjmlEngine>;
  readonly #refusesInline: boolean;
  readonly #compiled = new Map<string, Compilation>();
  #engine: MjmlEngine | undefined;

  /** @param refusesInline styles that are to be inlined are a fault, because no page's are */
  constructor(load: (file: string) => Promise<MjmlEngine> = (file) => loadMjml(file), refusesInline = false) {
    this.#load = load;
    this.#refusesInline = refusesInline;
  }

  /**
   * Compiles a file with all that it includes.
   * @param name of the file under the templates folder
   * @throws {MailError} `config` when MJML is not installed
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

  /** @throws {MailError} `config` when MJML is not installed */
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
  source: Source,
  engine: MjmlEngine,
  faults: TemplateFaults,
): Promise<CompiledMjml> {
  const { path, head, body, line } = source;
  const nothing = { content: head };
  // Its faults have their places here; what MJML is given then has whole tags only.
  if (!parsePiece({ source: body, place: { file: path, line, column: 1 } }, faults)) return nothing;
  const hidden = hideTags(body);
  const outline = mjmlOutline(hidden);
  const places = new MjmlPlaces(source, hidden);
  for (const { offset, what, fix } of outline.faults) faults.add({ place: places.at(offset), what, fix });
  for (const offset of source.refusesInline ? outline.inlined : []) {
    faults.add({ place: places.at(offset), ...NO_INLINE });
  }
  const html = await run({ ...source, places }, outline.text, hidden, engine, faults);
  const isRefused = outline.faults.length > 0 || (source.refusesInline && outline.inlined.length > 0);
  if (html === undefined || isRefused) return nothing;
  const { text, origins, words } = restoredTags(withStyles(html), body, hidden);
  const lost = [...hidden.tags.values()].filter(
    ({ word, comment }) => !comment && !words.has(word) && !outline.optional.has(word),
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
    place: places.of(offset),
    what: `MJML leaves ${source} out of the mail`,
    fix: 'Put it where MJML prints what stands there: text, or an attribute that is no mj-class',
  };
}

/** The HTML, or nothing when MJML refuses the source. */
async function run(
  source: Source & { readonly places: MjmlPlaces },
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
      faults.add({ place: source.places.ofError(error), what: shownTags(error.message.trim(), hidden) });
    }
    return counted.length > 0 ? undefined : html;
  } catch (error) {
    faults.add({
      place: { file: source.path, line: source.line, column: 1 },
      what: `MJML cannot read it: ${shownTags(messageOf(error), hidden)}`,
    });
    return undefined;
  }
}

/** MJML prints colours as they are; with sizes it computes, so that no tag can stand for one. */
function isTagAsColor({ message }: MjmlError, { pattern }: HiddenTags): boolean {
  return /has invalid value: .* for type Color/.test(message) && message.search(pattern) >= 0;
}

/** The places of a source, by offsets of the text in which its tags are hidden too. */
class MjmlPlaces {
  readonly #places: PlaceIndex;
  readonly #text: string;
  readonly #lines: LineStarts;
  /** Where each tag's word ends in the text, and the tag itself in the source. */
  readonly #wordEnds: number[] = [];
  readonly #tagEnds: number[] = [];

  constructor({ path, body, line }: Source, { text, tags }: HiddenTags) {
    this.#places = new PlaceIndex(path, body, line);
    this.#text = text;
    this.#lines = new LineStarts(text);
    let added = 0;
    for (const { word, source, offset } of tags.values()) {
      this.#wordEnds.push(offset + added + word.length);
      this.#tagEnds.push(offset + source.length);
      added += word.length - source.length;
    }
  }

  /** By an offset of the source. */
  of(offset: number): Place {
    return this.#places.at(offset);
  }

  at(offset: number): Place {
    const last = countUpTo(this.#wordEnds, offset) - 1;
    return this.of((this.#tagEnds[last] ?? 0) + offset - (this.#wordEnds[last] ?? 0));
  }

  /** MJML knows the line in its text; the column is that of the element's tag there. */
  ofError({ line, tagName }: MjmlError): Place {
    const start = this.#lines.startOf(line - 1);
    const written = this.#text.slice(start, this.#lines.startOf(line));
    return this.at(start + Math.max(written.indexOf(`<${tagName}`), 0));
  }
}

const STYLE = /<!--[^]*?-->|<style\b([^>]*)>([^]*?)<\/style>/g;

/** The styles MJML adds are meant for mail programs, not for elements: they stay where they are. */
function withStyles(html: string): string {
  return html.replace(STYLE, (tag: string, attributes: string | undefined, css: string | undefined) => {
    if (attributes === undefined || css === undefined) return tag;
    if (css.includes(OWN_STYLE)) return tag.replaceAll(OWN_STYLE, '');
    return `<style ${NOT_INLINED}${attributes}>${css}</style>`;
  });
}
