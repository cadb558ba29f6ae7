import { messageOf } from '../errors/mail-error.js';
import { pagesInUse, type PagesInUse } from './compile/pages-in-use.js';
import type { Page } from './compile/page.js';
import type { PartialNames } from './compile/partial-names.js';
import { readFolder } from './compile/template-folder.js';
import { TemplateInventory } from './compile/template-inventory.js';
import { TemplateSet, type TemplateSetOptions } from './compile/template-set.js';
import { kitFolder, usesKitLayout } from './components/kit.js';
import { themeOf, type Theme } from './components/theme.js';
import { loadCssEngine } from './css/css-engine.js';
import { CssInliner } from './css/css-inliner.js';
import { bringsStyles } from './css/style-tags.js';
import type { TemplateEngine } from './engine/template-engine.js';
import { TemplateFaults } from './faults/template-fault.js';
import { FolderWatch } from './files/folder-watch.js';
import type { TemplateFolder, TemplateRoot } from './files/template-file.js';
import { loadMessages, type Messages } from './i18n/messages.js';
import type { MailTranslator } from './i18n/translator.js';
import { MjmlCompiler } from './mjml/mjml-compiler.js';
import { SourceReader } from './source/source-reader.js';
import { SourcedPages, type CompilePages } from './source/sourced-pages.js';
import type { TemplateSource } from './source/template-source.js';

export interface LoadedTemplatesOptions {
  /**
   * If several roots without a namespace have a template of one name, the first supplies it in all its languages.
   * Templates of a root with a namespace use the layouts and partials of that root first, then those of the others.
   */
  readonly roots: readonly TemplateRoot[];
  /** Asked before the folders, in this order. @default none */
  readonly sources?: readonly TemplateSource[];
  /** Whether the rules of `<style>` and of linked local style sheets are moved into `style` attributes. */
  readonly inlineCss: boolean;
  /** For tools: accepts MJML styles with `inline="inline"` although `inlineCss` is false. @default false */
  readonly asWritten?: boolean;
  /** Look of the built-in layout and components. @default the module's own theme */
  readonly theme?: Theme;
  /** Locale of mails without one, and the last one in which messages are looked up; canonical BCP 47. @default 'en' */
  readonly defaultLocale?: string;
  /** Asked for texts before the catalogs. */
  readonly translator?: MailTranslator | undefined;
  /** Called for problems that are no errors, e.g. a template that became invalid while being edited. */
  readonly onWarning?: (message: string) => void;
}

/** One reading of the folders. */
interface Generation {
  readonly folders: readonly TemplateFolder[];
  readonly faults: TemplateFaults;
  readonly set: TemplateSet;
  readonly messages: Messages;
  /** Absent without sources, so that nothing is awaited then. */
  readonly sourced: SourcedPages | undefined;
}

/** The templates as last read from the folders, read again after each edit while they are watched. */
export class LoadedTemplates {
  readonly sources: readonly SourceReader[];
  readonly #options: LoadedTemplatesOptions;
  readonly #engine: TemplateEngine;
  readonly #defaultLocale: string;
  readonly #kit: TemplateFolder;
  readonly #mjml: MjmlCompiler;
  #last: Generation | undefined;
  #pages: PagesInUse = new Map();
  #inliner: CssInliner | undefined;
  #watch: FolderWatch | undefined;
  #reloading: Promise<void> = Promise.resolve();
  readonly #onReload = new Set<(folders: readonly TemplateFolder[]) => void>();

  constructor(options: LoadedTemplatesOptions, engine: TemplateEngine, defaultLocale: string) {
    this.sources = (options.sources ?? []).map((source) => new SourceReader(source));
    this.#options = options;
    this.#engine = engine;
    this.#defaultLocale = defaultLocale;
    this.#kit = kitFolder(options.theme ?? themeOf());
    this.#mjml = new MjmlCompiler(undefined, !options.inlineCss && !options.asWritten);
  }

  /** Undefined before the first reading. */
  get last(): Generation | undefined {
    return this.#last;
  }

  /** The templates that mails are made of: those of the last reading, except where it found faults. */
  get pages(): PagesInUse {
    return this.#pages;
  }

  get folders(): readonly TemplateFolder[] {
    return this.#last?.folders ?? [];
  }

  async read(): Promise<TemplateFaults> {
    const faults = new TemplateFaults();
    const folders = await this.#readFolders(faults);
    const { inlineCss, translator, onWarning = () => undefined } = this.#options;
    const messages = await loadMessages({ folders, faults, defaultLocale: this.#defaultLocale, translator });
    const inliner = await this.#inlinerFor(folders);
    const engine = this.#engine;
    const shared = { folders: [...folders, this.#kit], engine, messages, inlineCss, inliner, onWarning };
    const set = new TemplateSet({ ...shared, faults });
    const sourced = this.sources.length > 0 ? this.#sourced(shared, set.names) : undefined;
    this.#use({ folders, faults, set, messages, sourced });
    return faults;
  }

  /**
   * @param listener called after each later reading, even one with faults
   * @returns ends it
   */
  onReload(listener: (folders: readonly TemplateFolder[]) => void): () => void {
    this.#onReload.add(listener);
    return () => this.#onReload.delete(listener);
  }

  watch(): void {
    if (this.#watch) return;
    this.#watch = new FolderWatch(() => this.#reload());
    // Reads once more, because changes since the first reading would be missed.
    this.#reload();
  }

  async close(): Promise<void> {
    for (const source of this.sources) source.close();
    this.#watch?.close();
    await this.#reloading;
  }

  async #readFolders(faults: TemplateFaults): Promise<readonly TemplateFolder[]> {
    const dirs = new Set<string>();
    const onDirectory = (dir: string): void => {
      dirs.add(dir);
      this.#watch?.add(dir);
    };
    const folders: TemplateFolder[] = [];
    for (const root of this.#options.roots)
      folders.push(await readFolder(root, { faults, onDirectory, mjml: this.#mjml }));
    this.#watch?.retain(dirs);
    return folders;
  }

  /** Loads the inliner only if templates bring styles, or may do so because they come from sources. */
  async #inlinerFor(folders: readonly TemplateFolder[]): Promise<CssInliner | undefined> {
    const styled =
      this.sources.length > 0 ||
      folders.some(({ files }) => usesKitLayout(files) || files.some(({ content }) => bringsStyles(content)));
    if (this.#options.inlineCss && styled) this.#inliner ??= new CssInliner(await loadCssEngine());
    return this.#inliner;
  }

  /** Templates of the sources use the layouts, partials, style sheets and messages of the folders. */
  #sourced(shared: Omit<TemplateSetOptions, 'faults'>, names: PartialNames): SourcedPages {
    const { folders, onWarning } = shared;
    const compile: CompilePages = (own, warn): ReadonlyMap<string, Page> =>
      new TemplateSet({ ...shared, folders: own, names, faults: new TemplateFaults(), onWarning: warn })
        .pages;
    return new SourcedPages({ readers: this.sources, folders, compile, onWarning });
  }

  #use(generation: Generation): void {
    const { folders, set, messages, faults } = generation;
    const last = this.folders;
    const inventory = (): TemplateInventory => new TemplateInventory(folders);
    const before = (): TemplateInventory => new TemplateInventory(last);
    const reading = { pages: set.pages, messages, faults: faults.list, inventory, before };
    this.#pages = pagesInUse(reading, this.#pages);
    this.#last = generation;
  }

  /** Reads in order, one reading after the other, so that the last one has the last edit. */
  #reload(): void {
    this.#reloading = this.#readAfter(this.#reloading);
  }

  async #readAfter(previous: Promise<void>): Promise<void> {
    await previous;
    try {
      const faults = await this.read();
      for (const listener of this.#onReload) listener(this.folders);
      faults.throwIfAny();
    } catch (error) {
      this.#options.onWarning?.(
        `${messageOf(error)}\nMails are made as before the fault until it is corrected.`,
      );
    }
  }
}
