import type { Origins } from '../faults/source-location.js';
import type { Component } from '../helpers/component.js';

/** Largest template or style sheet, in bytes. */
export const MAX_FILE_SIZE = 256 * 1024;

/** Largest catalog, in bytes; a catalog may have the messages of a whole application. */
export const MAX_CATALOG_SIZE = 8 * 1024 * 1024;

export interface TemplateRoot {
  /** Absolute, or relative to the working directory. */
  readonly dir: string;
  /** Prefix of its templates' names: `namespace/name`. @default none */
  readonly namespace?: string;
  /** Whether `load` fails if the folder is absent. Otherwise only the rendering of its templates fails. */
  readonly required: boolean;
}

export type TemplateKind = 'page' | 'layout' | 'partial';

/** The parts of a file's path. */
export interface FileName {
  readonly name: string;
  /** Canonical BCP 47 tag. */
  readonly locale?: string;
  /** Whether it is a text part (`*.text.hbs`), in which nothing is escaped. */
  readonly text: boolean;
  /** Whether it is written in MJML (`*.mjml.hbs`). */
  readonly mjml?: true;
}

/** The kind of text that a template prints into: every value is escaped for html, none for text and subjects. */
export type Destination = 'html' | 'text';

/** A file as read; `name` is relative to the folder of its kind, and has no namespace. */
export interface TemplateFile extends FileName {
  readonly kind: TemplateKind;
  readonly path: string;
  readonly content: string;
  /** Parameters of a partial of the kit. */
  readonly component?: Component;
  /** Maps the tags of html made from MJML to the file. */
  readonly origins?: Origins;
}

/** The content of a templates folder. */
export interface TemplateFolder {
  readonly root: TemplateRoot;
  readonly absent: boolean;
  readonly files: readonly TemplateFile[];
  /** Style sheets by their path relative to the root, with `/`. */
  readonly styles: ReadonlyMap<string, string>;
  readonly messages: readonly MessageFile[];
}

/** A catalog as read: `locales/<locale>.json`. */
export interface MessageFile {
  readonly path: string;
  /** Canonical BCP 47 tag. */
  readonly locale: string;
  readonly content: string;
}
