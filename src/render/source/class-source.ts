import type {
  TemplateFindOptions,
  SourcedTemplate,
  TemplateQuery,
  TemplateSource,
} from './template-source.js';

/** A source the application's container makes; asked for when it is first used, since by then it exists. */
export class ClassSource implements TemplateSource {
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
