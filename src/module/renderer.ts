import type { Type } from '@nestjs/common';
import type { ModuleRef, ModulesContainer } from '@nestjs/core';
import { resolveClass } from './container.js';
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
 * The application's own renderer, from its container when it is a class.
 * @throws {MailError} `config` for templates of features, which are for Handlebars
 */
export async function ownRenderer(
  renderer: Renderer | Type<Renderer>,
  [feature]: readonly TemplateRoot[],
  container: ModulesContainer,
  moduleRef: ModuleRef,
): Promise<Renderer> {
  if (feature) {
    throw new MailError(
      'config',
      `MailModule.forFeature: the templates of '${feature.namespace}' are for Handlebars, and the module has a renderer of its own.`,
    );
  }
  if (typeof renderer !== 'function') return new OwnRenderer(() => renderer);
  return new OwnRenderer(await resolveClass(renderer, container, moduleRef));
}

/** The application's template sources, those that are classes from its container. */
export function templateSources(
  sources: ReadonlyArray<TemplateSource | Type<TemplateSource>>,
  container: ModulesContainer,
  moduleRef: ModuleRef,
): Promise<readonly TemplateSource[]> {
  return Promise.all(
    sources.map(async (source) =>
      typeof source === 'function'
        ? new ClassSource(await resolveClass(source, container, moduleRef))
        : source,
    ),
  );
}

/** A source that the application's container makes. Resolved on first use, because it exists by then. */
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
