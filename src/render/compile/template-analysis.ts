import type { Component } from '../helpers/component.js';
import { isRemote, styleLinks } from '../css/style-tags.js';
import { hasFrontMatter, splitFile, type FrontMatter } from '../syntax/front-matter.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import { LocationIndex, startOf } from '../faults/source-location.js';
import { PathSites } from '../engine/path-site.js';
import { strictSyntax, type StrictPiece } from '../syntax/strict-syntax.js';
import type { StyleSheets } from '../css/style-sheets.js';
import { parsePiece } from '../syntax/syntax.js';
import type { Piece } from '../syntax/piece.js';
import type { TemplateCatalog } from './template-catalog.js';
import type { TemplateEngine } from '../engine/template-engine.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import type { TemplateFile } from '../files/template-file.js';

export interface TemplateAnalysisOptions {
  readonly catalog: TemplateCatalog;
  readonly styles: StyleSheets;
  readonly engine: TemplateEngine;
  readonly messages: TemplateMessages;
  readonly faults: TemplateFaults;
  /** Makes a link to a missing style sheet a fault. */
  readonly inlineCss: boolean;
  readonly onWarning: (message: string) => void;
}

/** An analysed file; `piece` is absent where the file cannot be parsed. */
interface AnalysedFile {
  readonly front: FrontMatter;
  readonly piece?: StrictPiece | undefined;
}

/** Analyses each file of one generation of templates by itself. */
export class TemplateAnalysis {
  readonly sites = new PathSites();
  readonly #options: TemplateAnalysisOptions;
  readonly #files = new Map<string, AnalysedFile>();
  readonly #inlineNames = new Set<string>();

  constructor(options: TemplateAnalysisOptions) {
    this.#options = options;
  }

  /** The names of all inline partials. */
  get inlineNames(): ReadonlySet<string> {
    return this.#inlineNames;
  }

  front(file: TemplateFile | undefined): FrontMatter {
    return (file && this.#files.get(file.path)?.front) ?? {};
  }

  piece(file: TemplateFile | undefined): StrictPiece | undefined {
    return file && this.#files.get(file.path)?.piece;
  }

  add(file: TemplateFile, namespace: string): void {
    const { faults, inlineCss } = this.#options;
    const { front, body } = splitFile(file, faults);
    const piece = this.read(body, namespace, file.locale ?? '');
    if (!file.text && inlineCss) this.#checkLinks(file, namespace);
    this.#files.set(file.path, { front, piece });
    if (file.kind === 'page' || !hasFrontMatter(file.content)) return;
    const what = `a ${file.kind} has no front matter`;
    faults.add({ place: startOf(file.path), what, fix: 'Remove the --- lines' });
  }

  /**
   * Analyses one piece, such as a subject.
   * @param locale the language of its file; empty for the base variant
   */
  read(piece: Piece, namespace: string, locale: string): StrictPiece | undefined {
    const { engine, messages, faults, catalog } = this.#options;
    const tree = parsePiece(piece, faults);
    if (!tree) return undefined;
    const { userHelpers, helpersName } = engine;
    const component = (name: string): Component | undefined => catalog.component(namespace, name);
    const strict = strictSyntax(piece, tree, {
      sites: this.sites,
      userHelpers,
      helpersName,
      component,
      namespace,
      wrongMessage: (call) => messages.wrongCall({ ...call, namespace, locale }),
      faults,
    });
    for (const { label } of strict.inlines) this.#inlineNames.add(label);
    return strict;
  }

  #checkLinks({ path, content, origins }: TemplateFile, namespace: string): void {
    const { styles, faults, onWarning } = this.#options;
    const places = new LocationIndex(path, content);
    for (const { href, offset } of styleLinks(content)) {
      const place = places.at(offset);
      if (href.includes('{{') || styles.find(href, namespace) !== undefined) continue;
      if (isRemote(href)) {
        // MJML adds links to fonts by itself.
        if (!origins) onWarning(`${path}:${place.line}: the remote style sheet ${href} is not inlined`);
      } else {
        const fix = 'Write its path from the templates folder, e.g. css/mail.css';
        faults.add({ place, what: `style sheet "${href}" is not in the templates folder`, fix });
      }
    }
  }
}
