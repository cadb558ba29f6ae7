import type { Type } from '@nestjs/common';
import type { ResolveClass } from './container.js';
import { MailError } from '../errors/mail-error.js';
import { OwnRenderer } from '../render/own-renderer.js';
import type { Renderer } from '../render/renderer.js';
import type {
  SourcedTemplate,
  TemplateFindOptions,
  TemplateQuery,
  TemplateSource,
} from '../render/source/template-source.js';
import type { TemplateRoot } from '../render/files/template-file.js';

/**
 * The application's own renderer; a class comes from its container.
 * @throws {MailError} `config` if features have templates, which only Handlebars renders
 */
export async function ownRenderer(
  renderer: Renderer | Type<Renderer>,
  [feature]: readonly TemplateRoot[],
  resolve: ResolveClass,
): Promise<Renderer> {
  if (feature) {
    throw new MailError(
      'config',
      `MailModule.forFeature: the templates of '${feature.namespace}' are for Handlebars, and the module has a renderer of its own.`,
    );
  }
  if (typeof renderer !== 'function') return new OwnRenderer(() => renderer);
  return new OwnRenderer(await resolve(renderer));
}

/** The application's template sources; classes come from its container. */
export function templateSources(
  sources: ReadonlyArray<TemplateSource | Type<TemplateSource>>,
  resolve: ResolveClass,
): Promise<readonly TemplateSource[]> {
  return Promise.all(
    sources.map(async (source) =>
      typeof source === 'function' ? new ClassSource(await resolve(source)) : source,
    ),
  );
}

/** A source from the application's container, looked up on first use, when it exists. */
class ClassSource implements TemplateSource {
  readonly #instance: () => TemplateSource;

  constructor(instance: () => TemplateSource) {
    this.#instance = instance;
  }

  get name(): string {
    return this.#instance().name;
  }

  async find(
    query: TemplateQuery,
    options: TemplateFindOptions,
  ): Promise<SourcedTemplate | null | undefined> {
    return this.#instance().find(query, options);
  }
}
