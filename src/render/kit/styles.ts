import { TONES, type Palette, type Theme } from './theme.js';

/** Pixels between the card's edge and its text, where there is room. */
export const CARD_PADDING = 48;

/** Pixels: below this, a mail is read on a phone. */
const PHONE = 480;

type Declarations = string;
type Rule = readonly [selector: string, declarations: Declarations];

/**
 * The style sheet of a theme. What a page writes itself is styled by bare element names, so that any
 * class of the page's own wins; and no rule asks what stands beside or inside, so that tags in a page
 * never keep its styles from being inlined when it is compiled.
 */
export function styles(theme: Theme): string {
  return [
    ...[...frame(theme), ...prose(theme), ...components(theme)].map(written),
    `@media only screen and (max-width:${PHONE}px){${phone().map(important).join('')}}`,
    `@media (prefers-color-scheme:dark){${dark(theme.dark).map(important).join('')}}`,
    // Outlook's own dark mode; in a block of its own, because an inliner finds nothing to apply it to.
    `@media all{${dark(theme.dark).flatMap(inOutlook).map(important).join('')}}`,
  ].join('\n');
}

/** For Word, which Outlook on Windows shows mails with: it knows no `start` and `end`, and no inherited fonts. */
export function wordStyles(): string {
  const [start, end] = ['right{{else}}left', 'left{{else}}right'].map(
    (sides) => `{{#if (eq @dir "rtl")}}${sides}{{/if}}`,
  );
  return [
    "table,td,th,p,li,h1,h2,h3,a{font-family:'Segoe UI',Arial,sans-serif !important}",
    'table{mso-table-lspace:0;mso-table-rspace:0}',
    `.mail-table th{text-align:${start} !important} .mail-end{text-align:${end} !important}`,
  ].join('\n');
}

function frame({ light, fontFamily, radius, width }: Theme): readonly Rule[] {
  const font = `font-family:${fontFamily}`;
  return [
    ['html', 'color-scheme:light dark;supported-color-schemes:light dark'],
    [
      '.mail-body',
      `margin:0;padding:0;width:100%;background-color:${light.background};-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%`,
    ],
    [
      '.mail-preheader',
      'max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;mso-hide:all',
    ],
    ['.mail-page', `width:100%;background-color:${light.background}`],
    ['.mail-gutter', 'padding:40px 16px 48px'],
    ['.mail-column', `width:100%;max-width:${width}px;margin:0 auto;table-layout:fixed`],
    [
      '.mail-masthead',
      `padding:0 4px 20px;${font};color:${light.text};font-size:18px;line-height:28px;font-weight:700`,
    ],
    ['.mail-brand', `color:${light.text};text-decoration:none`],
    [
      '.mail-card',
      `padding:44px ${CARD_PADDING}px 28px;background-color:${light.surface};border:1px solid ${light.border};border-radius:${radius}px;color:${light.text};${font};font-size:16px;line-height:26px;word-break:break-word`,
    ],
    ['.mail-imprint', `padding:24px 4px 0;${font};color:${light.muted};font-size:13px;line-height:20px`],
  ];
}

function prose({ light }: Theme): readonly Rule[] {
  return [
    ['h1', 'margin:0 0 16px;font-size:28px;line-height:36px;font-weight:700;letter-spacing:-0.4px'],
    ['h2', 'margin:12px 0 10px;font-size:20px;line-height:28px;font-weight:700;letter-spacing:-0.2px'],
    ['h3', 'margin:8px 0 6px;font-size:16px;line-height:24px;font-weight:700'],
    ['p', 'margin:0 0 16px'],
    ['ul, ol', 'margin:0 0 16px;padding-inline-start:22px'],
    ['li', 'margin:0 0 8px'],
    ['blockquote', `margin:0 0 16px;padding-inline-start:18px;border-inline-start:3px solid ${light.border}`],
    ['code', 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:0.92em'],
    ['small, .mail-small', `color:${light.muted};font-size:13px;line-height:20px`],
    ['a', `color:${light.link};text-decoration:underline`],
    ['img', 'max-width:100%;height:auto;border:0'],
  ];
}

function components(theme: Theme): readonly Rule[] {
  const { light, radius } = theme;
  const inner = Math.round((radius * 2) / 3);
  return [
    // Of a fixed layout, a wide picture or word cannot widen the card on a phone.
    ['.mail-row', 'width:100%;table-layout:fixed'],
    ['.mail-block', 'padding:4px 0 20px'],
    ...buttons(theme, inner),
    ['.mail-panel', `background-color:${light.subtle};border-radius:${inner}px;overflow:hidden`],
    ['.mail-panel-body', 'padding:16px 22px;font-size:15px;line-height:24px'],
    ['.mail-panel-body p', 'margin:6px 0'],
    ['.mail-panel-body .mail-panel-title', 'margin:6px 0 2px;font-weight:700'],
    ['.mail-accent', 'width:4px;font-size:0;line-height:0'],
    ...TONES.map((tone): Rule => [`.mail-accent-${tone}`, `background-color:${light.tones[tone]}`]),
    ['.mail-table th', `color:${light.muted};font-weight:400;text-align:start;padding-inline-end:16px`],
    [
      '.mail-table th, .mail-table td',
      `padding-top:11px;padding-bottom:11px;border-bottom:1px solid ${light.border};font-size:15px;line-height:22px;vertical-align:top`,
    ],
    ['.mail-table .mail-end', 'text-align:end;padding-inline-start:16px;padding-inline-end:0'],
    ['.mail-divider', `border-top:1px solid ${light.border};font-size:0;line-height:0`],
    ['.mail-image', 'display:block'],
    [
      '.mail-footer',
      `margin:12px 0 0;padding:20px 0 0;border-top:1px solid ${light.border};color:${light.muted};font-size:13px;line-height:20px`,
    ],
    ['.mail-footer p', 'margin:0 0 8px'],
    ['.mail-footer a', `color:${light.muted}`],
  ];
}

function buttons({ light }: Theme, radius: number): readonly Rule[] {
  return [
    ['.mail-button-cell', `border-radius:${radius}px;text-align:center;mso-padding-alt:14px 28px`],
    [
      '.mail-button-link',
      `display:inline-block;padding:13px 27px;border:1px solid;border-radius:${radius}px;font-size:16px;line-height:22px;font-weight:600;text-decoration:none;mso-padding-alt:0;mso-border-alt:none`,
    ],
    ...painted('mail-primary', light.primary, light.onPrimary),
    ...painted('mail-danger', light.tones.danger, light.onDanger),
    ...painted('mail-quiet', light.surface, light.text, light.border),
  ];
}

function painted(look: string, color: string, ink: string, edge = color): readonly Rule[] {
  return [
    [`.${look}-cell`, `background-color:${color}`],
    [`.${look}-link`, `background-color:${color};border-color:${edge};color:${ink}`],
  ];
}

function phone(): readonly Rule[] {
  return [
    ['.mail-gutter', 'padding:20px 10px 32px'],
    ['.mail-masthead,.mail-imprint', 'padding-left:14px;padding-right:14px'],
    ['.mail-card', 'padding:30px 24px 16px'],
    ['h1', 'font-size:25px;line-height:32px'],
    ['.mail-button', 'width:100%'],
    ['.mail-button-link', 'display:block;padding-left:16px;padding-right:16px'],
  ];
}

function dark(palette: Palette): readonly Rule[] {
  const { primary, onPrimary, tones, onDanger, text, muted, border, surface } = palette;
  return [
    ['.mail-body,.mail-page', `background-color:${palette.background}`],
    ['.mail-card', `background-color:${surface};border-color:${border};color:${text}`],
    ['.mail-masthead,.mail-brand', `color:${text}`],
    [
      '.mail-imprint,.mail-footer,.mail-card .mail-footer a,.mail-card small,.mail-small,.mail-table th',
      `color:${muted}`,
    ],
    ['.mail-card a', `color:${palette.link}`],
    [
      '.mail-card blockquote,.mail-footer,.mail-divider,.mail-table th,.mail-table td',
      `border-color:${border}`,
    ],
    ['.mail-panel,.mail-panel-body', `background-color:${palette.subtle}`],
    ...TONES.map((tone): Rule => [`.mail-accent-${tone}`, `background-color:${tones[tone]}`]),
    ['.mail-primary-cell,.mail-primary-link', `background-color:${primary};border-color:${primary}`],
    ['.mail-card .mail-primary-link', `color:${onPrimary}`],
    ['.mail-danger-cell,.mail-danger-link', `background-color:${tones.danger};border-color:${tones.danger}`],
    ['.mail-card .mail-danger-link', `color:${onDanger}`],
    ['.mail-quiet-cell,.mail-quiet-link', `background-color:${surface};border-color:${border}`],
    ['.mail-card .mail-quiet-link', `color:${text}`],
  ];
}

/** Outlook's apps mark what they recolour: `data-ogsc` where the text, `data-ogsb` where the background was. */
function inOutlook([selector, declarations]: Rule): readonly Rule[] {
  return declarations.split(';').flatMap((declaration) => {
    const mark = OUTLOOK_MARKS[declaration.split(':', 1)[0] ?? ''];
    const marked = selector.split(',').map((part) => `${mark} ${part}`);
    return mark === undefined ? [] : [[marked.join(','), declaration] as const];
  });
}

const OUTLOOK_MARKS: Readonly<Record<string, string>> = {
  color: '[data-ogsc]',
  'background-color': '[data-ogsb]',
};

function written([selector, declarations]: Rule): string {
  return `${selector}{${declarations}}`;
}

/** What is inlined outweighs any rule that is not important. */
function important([selector, declarations]: Rule): string {
  return written([selector, declarations.replaceAll(/;|$/g, ' !important$&')]);
}
