import type { Origins } from '../faults/source-place.js';
import type { Component } from '../helpers/component.js';

/** Largest template or style sheet, in bytes. */
export const MAX_FILE_SIZE = 256 * 1024;

/** Largest catalog, in bytes: it may be that of a whole application. */
export const MAX_CATALOG_SIZE = 8 * 1024 * 1024;

/** A folder of templates. */
export interface TemplateRoot {
  /** Absolute, or relative to the working directory. */
  readonly dir: string;
  /** Its templates are named `namespace/name`. Without one they are named `name`. */
  readonly namespace?: string;
  /** An absent folder stops `load`; otherwise it is no error until a template is asked for. */
  readonly required: boolean;
}

export type TemplateKind = 'page' | 'layout' | 'partial';

/** What a file's path says about it. */
export interface FileName {
  readonly name: string;
  /** Canonical BCP 47 tag. */
  readonly locale?: string;
  /** A text part (`*.text.hbs`): nothing is escaped in it. */
  readonly text: boolean;
  /** Written in MJML (`*.mjml.hbs`). */
  readonly mjml?: true;
}

/** What is escaped: HTML everything, text (and subjects) nothing. */
export type Destination = 'html' | 'text';

/** A file as read. `name` is within its kind and root, without namespace. */
export interface TemplateFile extends FileName {
  readonly kind: TemplateKind;
  readonly path: string;
  readonly content: string;
  /** What a partial of the kit asks of its callers. */
  readonly component?: Component;
  /** Of html made from MJML: where its tags stand in the file. */
  readonly origins?: Origins;
}

/** What a templates folder holds. */
export interface TemplateFolder {
  readonly root: TemplateRoot;
  readonly absent: boolean;
  readonly files: readonly TemplateFile[];
  /** Style sheets by their path under the root, with `/`. */
  readonly styles: ReadonlyMap<string, string>;
  /** Its catalogs, `locales/<locale>.json`. */
  readonly messages: readonly MessageFile[];
}

/** A catalog as read: `locales/<locale>.json`. */
export interface MessageFile {
  readonly path: string;
  /** Canonical BCP 47 tag. */
  readonly locale: string;
  readonly content: string;
}
