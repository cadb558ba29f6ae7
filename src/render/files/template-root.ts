/** A folder of templates. */
export interface TemplateRoot {
  /** Absolute, or relative to the working directory. */
  readonly dir: string;
  /** Its templates are named `namespace/name`. Without one they are named `name`. */
  readonly namespace?: string;
  /** An absent folder stops `load`; otherwise it is no error until a template is asked for. */
  readonly required: boolean;
}
