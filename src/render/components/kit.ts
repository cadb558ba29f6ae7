import type { TemplateFile, TemplateFolder } from '../files/template-file.js';
import { layout } from './layout.js';
import { button, divider, footer, image, panel, table, type KitPiece } from './pieces.js';
import type { Theme } from './theme.js';

const PIECES: readonly KitPiece[] = [layout, button, panel, table, divider, image, footer];

/** What places in the kit's own sources begin with; no such folder exists. */
const FOLDER = 'nest-mailroom';

/** The layout and components that come with the package, as the folder that is looked into last. */
export function kitFolder(theme: Theme): TemplateFolder {
  return {
    root: { dir: FOLDER, required: false },
    absent: false,
    files: PIECES.flatMap((piece) => filesOf(piece, theme)),
    styles: new Map(),
    messages: [],
  };
}

/** Whether files may use the kit's layout: the one piece that brings styles. */
export function usesKitLayout(files: readonly TemplateFile[]): boolean {
  return files.some(({ content }) => content.includes(layout.name));
}

function filesOf({ kind, name, component, html, text }: KitPiece, theme: Theme): readonly TemplateFile[] {
  const stem = `${FOLDER}/${kind}s/${name}`;
  const shared = { kind, name, ...(component && { component }) };
  return [
    { ...shared, path: `${stem}.hbs`, content: html(theme), text: false },
    { ...shared, path: `${stem}.text.hbs`, content: text(theme), text: true },
  ];
}
