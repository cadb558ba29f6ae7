import type { TemplateFile, TemplateFolder } from '../files/template-file.js';
import { layout } from './layout.js';
import { button, divider, footer, image, panel, table, type KitTemplate } from './kit-partials.js';
import type { Theme } from './theme.js';

const TEMPLATES: readonly KitTemplate[] = [layout, button, panel, table, divider, image, footer];

/** The name of the kit's folder in messages; no such folder exists. */
const FOLDER = 'nest-mailroom';

/** The layout and components of the package, as a templates folder that must come last. */
export function kitFolder(theme: Theme): TemplateFolder {
  return {
    root: { dir: FOLDER, required: false },
    absent: false,
    files: TEMPLATES.flatMap((template) => filesOf(template, theme)),
    styles: new Map(),
    messages: [],
  };
}

/** Whether files may use the kit's layout, the only one of its templates that brings styles. */
export function usesKitLayout(files: readonly TemplateFile[]): boolean {
  return files.some(({ content }) => content.includes(layout.name));
}

function filesOf({ kind, name, component, html, text }: KitTemplate, theme: Theme): readonly TemplateFile[] {
  const stem = `${FOLDER}/${kind}s/${name}`;
  const shared = { kind, name, ...(component && { component }) };
  return [
    { ...shared, path: `${stem}.hbs`, content: html(theme), text: false },
    { ...shared, path: `${stem}.text.hbs`, content: text(theme), text: true },
  ];
}
