import { END, START } from './sides.js';
import { TONES, type Theme } from './theme.js';

/** Pixels between the edge of the card and its text on wide screens. */
export const CARD_PADDING = 48;

/** Pixels of width up to which a screen counts as a phone. */
const PHONE = 480;

/** Pixels of width up to which a phone counts as small. */
const SMALL_PHONE = 360;

/**
 * Largest widths in pixels of a label and of a value at the end of its line; a value never wraps within this width.
 * The widths for phones fit the card on the narrowest one. Not `calc()`, which some mail programs do not know.
 */
const LABEL = 270;
const VALUE = 200;
const PHONE_LABEL = 105;
const PHONE_VALUE = 160;
const SMALL_LABEL = 96;
const SMALL_VALUE = 146;

type KitRule = readonly [selector: string, declarations: string];

/**
 * The style sheet of a theme. Elements that pages write themselves are styled by element names alone, so that any
 * class of a page wins. No selector depends on siblings or content, so that tags in a page never take it off
 * the fast path.
 */
export function styles(theme: Theme): string {
  return [
    ...[...frame(theme), ...prose(theme), ...components(theme)].map(written),
    `@media only screen and (max-width:${PHONE}px){${phone().map(important).join('')}}`,
    `@media only screen and (max-width:${SMALL_PHONE}px){${smallPhone().map(important).join('')}}`,
    `@media (prefers-color-scheme:dark){${dark(theme).map(important).join('')}}`,
    // Outlook's own dark mode, in an at-rule because inliners drop rules that match nothing.
    `@media all{${dark(theme).flatMap(inOutlook).map(important).join('')}}`,
  ].join('\n');
}

/** Styles for Word, with which Outlook on Windows shows mails: it inherits no fonts, and pads neither lists nor links. */
export function wordStyles({ light }: Theme): string {
  return [
    "table,td,th,p,li,h1,h2,h3,a{font-family:'Segoe UI',Arial,sans-serif !important}",
    'table{mso-table-lspace:0;mso-table-rspace:0}',
    `ul,ol{margin:0 0 16px !important;margin-${START}:24px !important;padding:0 !important}`,
    // Not for elements that may contain a picture, which Word would cut to the height of the line.
    'h1,h2,h3,li,.mail-small,.mail-panel-title,.mail-imprint,.mail-table th{mso-line-height-rule:exactly}',
    '.mail-divider{font-size:1px !important;line-height:1px !important;mso-line-height-rule:exactly}',
    `.mail-quiet-cell{border:1px solid ${light.border}}`,
    `.mail-table th{text-align:${START} !important} .mail-end{text-align:${END} !important}`,
  ].join('\n');
}

function frame({ light, fontFamily, radius, width }: Theme): readonly KitRule[] {
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
      `padding:0 4px 20px;${font};color:${light.brand};font-size:18px;line-height:28px;font-weight:700;text-align:${START}`,
    ],
    ['.mail-brand', `color:${light.brand};text-decoration:none`],
    [
      '.mail-card',
      `padding:44px ${CARD_PADDING}px 28px;background-color:${light.surface};border:1px solid ${light.border};border-radius:${radius}px;color:${light.text};${font};font-size:16px;line-height:26px;text-align:${START};word-break:break-word;word-wrap:break-word`,
    ],
    ['.mail-imprint', `padding:24px 4px 0;${font};color:${light.imprint};font-size:13px;line-height:20px`],
  ];
}

function prose({ light }: Theme): readonly KitRule[] {
  return [
    ['h1', 'margin:0 0 16px;font-size:28px;line-height:36px;font-weight:700;letter-spacing:-0.4px'],
    ['h2', 'margin:12px 0 10px;font-size:20px;line-height:28px;font-weight:700;letter-spacing:-0.2px'],
    ['h3', 'margin:8px 0 6px;font-size:16px;line-height:24px;font-weight:700'],
    ['p', 'margin:0 0 16px'],
    ['ul, ol', `margin:0 0 16px;padding:0;padding-${START}:22px`],
    ['li', 'margin:0 0 8px'],
    ['blockquote', `margin:0 0 16px;padding-${START}:18px;border-${START}:3px solid ${light.border}`],
    ['code', 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:0.92em'],
    ['small, .mail-small', `color:${light.muted};font-size:13px;line-height:20px`],
    ['a', `color:${light.link};text-decoration:underline`],
    ['img', 'max-width:100%;height:auto;border:0'],
  ];
}

function components(theme: Theme): readonly KitRule[] {
  const { light, radius } = theme;
  const inner = Math.round((radius * 2) / 3);
  return [
    // With a fixed layout, a wide picture or word cannot widen the card on a phone.
    ['.mail-row', 'width:100%;table-layout:fixed'],
    // Each cell has colour and size, because many mail programs use quirks mode, in which tables inherit neither.
    ['.mail-block', `padding:4px 0 20px;color:${light.text};font-size:16px;line-height:26px`],
    ...buttons(theme, inner),
    ['.mail-panel', `background-color:${light.subtle};border-radius:${inner}px;overflow:hidden`],
    ['.mail-panel-body', `padding:16px 22px;color:${light.text};font-size:15px;line-height:24px`],
    ['.mail-panel-body p', 'margin:6px 0'],
    ['.mail-panel-body .mail-panel-title', 'margin:6px 0 2px;font-weight:700'],
    ['.mail-accent', 'width:4px;font-size:0;line-height:0'],
    ...TONES.map((tone): KitRule => [`.mail-accent-${tone}`, `background-color:${light.tones[tone]}`]),
    ...tables(theme),
    ['.mail-divider', `border-top:1px solid ${light.border};font-size:0;line-height:0`],
    ['.mail-image', 'display:block'],
    [
      '.mail-footer',
      `padding:20px 0 0;border-top:1px solid ${light.border};color:${light.muted};font-size:13px;line-height:20px`,
    ],
    ['.mail-footer p', 'margin:0 0 8px'],
    ['.mail-footer a', `color:${light.muted}`],
  ];
}

/**
 * Bounds the width of cells, so that an end cell always has room for a short value on one line: a number has no
 * place to break, and a long word breaks when its cell has the largest width.
 */
function tables({ light }: Theme): readonly KitRule[] {
  return [
    [
      '.mail-table th, .mail-table td',
      `padding-top:11px;padding-bottom:11px;border-bottom:1px solid ${light.border};color:${light.text};font-size:15px;line-height:22px;vertical-align:top;max-width:${LABEL}px`,
    ],
    ['.mail-table th', `color:${light.muted};font-weight:400;text-align:${START};padding-${END}:16px`],
    [
      '.mail-table .mail-end',
      `text-align:${END};padding-${START}:16px;padding-${END}:0;word-break:normal;max-width:${VALUE}px`,
    ],
    ['.mail-total th, .mail-total td', `color:${light.text};font-size:18px;line-height:26px;font-weight:700`],
  ];
}

function buttons({ light }: Theme, radius: number): readonly KitRule[] {
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

function painted(look: string, color: string, ink: string, edge = color): readonly KitRule[] {
  return [
    [`.${look}-cell`, `background-color:${color}`],
    [`.${look}-link`, `background-color:${color};border-color:${edge};color:${ink}`],
  ];
}

function phone(): readonly KitRule[] {
  return [
    ['.mail-gutter', 'padding:20px 10px 32px'],
    ['.mail-masthead,.mail-imprint', 'padding-left:14px;padding-right:14px'],
    ['.mail-card', 'padding:30px 24px 16px'],
    ['h1', 'font-size:25px;line-height:32px'],
    ['.mail-table th,.mail-table td', `max-width:${PHONE_LABEL}px`],
    ['.mail-table .mail-end', `max-width:${PHONE_VALUE}px;padding-${START}:10px`],
    ['.mail-button', 'width:100%'],
    ['.mail-button-link', 'display:block;padding-left:16px;padding-right:16px'],
  ];
}

function smallPhone(): readonly KitRule[] {
  return [
    ['.mail-card', 'padding-left:18px;padding-right:18px'],
    ['.mail-table th,.mail-table td', `max-width:${SMALL_LABEL}px;font-size:14px;line-height:20px`],
    ['.mail-table .mail-end', `max-width:${SMALL_VALUE}px`],
    ['.mail-total th,.mail-total td', 'font-size:17px;line-height:24px'],
  ];
}

function dark({ dark: palette, brand }: Theme): readonly KitRule[] {
  const { primary, onPrimary, tones, onDanger, text, muted, border, surface } = palette;
  return [
    ['.mail-body,.mail-page', `background-color:${palette.background}`],
    ['.mail-card', `background-color:${surface};border-color:${border};color:${text}`],
    ['.mail-block,.mail-panel-body,.mail-table td', `color:${text}`],
    ['.mail-masthead,.mail-brand', `color:${palette.brand}`],
    ['.mail-imprint', `color:${palette.imprint}`],
    ['.mail-footer,.mail-card .mail-footer a,.mail-card small,.mail-small,.mail-table th', `color:${muted}`],
    ['.mail-total th', `color:${text}`],
    ['.mail-card a', `color:${palette.link}`],
    [
      '.mail-card blockquote,.mail-footer,.mail-divider,.mail-table th,.mail-table td',
      `border-color:${border}`,
    ],
    ['.mail-panel,.mail-panel-body', `background-color:${palette.subtle}`],
    ...TONES.map((tone): KitRule => [`.mail-accent-${tone}`, `background-color:${tones[tone]}`]),
    ['.mail-primary-cell,.mail-primary-link', `background-color:${primary};border-color:${primary}`],
    ['.mail-card .mail-primary-link', `color:${onPrimary}`],
    ['.mail-danger-cell,.mail-danger-link', `background-color:${tones.danger};border-color:${tones.danger}`],
    ['.mail-card .mail-danger-link', `color:${onDanger}`],
    ['.mail-quiet-cell,.mail-quiet-link', `background-color:${surface};border-color:${border}`],
    ['.mail-card .mail-quiet-link', `color:${text}`],
    ...(brand.logo?.dark === undefined ? [] : DARK_LOGO),
  ];
}

const DARK_LOGO: readonly KitRule[] = [
  ['.mail-logo', 'display:none'],
  ['.mail-logo-dark', 'display:inline-block'],
];

/** Outlook's apps give elements an attribute: `data-ogsc` if they changed the text colour, `data-ogsb` the background. */
function inOutlook([selector, declarations]: KitRule): readonly KitRule[] {
  return declarations.split(';').flatMap((declaration) => {
    const attribute = OUTLOOK_ATTRIBUTES[declaration.split(':', 1)[0] ?? ''];
    const selectors = selector.split(',').map((part) => `${attribute} ${part}`);
    return attribute === undefined ? [] : [[selectors.join(','), declaration] as const];
  });
}

const OUTLOOK_ATTRIBUTES: Readonly<Record<string, string>> = {
  color: '[data-ogsc]',
  display: '[data-ogsc]',
  'background-color': '[data-ogsb]',
};

function written([selector, declarations]: KitRule): string {
  return `${selector}{${declarations}}`;
}

/** Makes declarations important, because inlined ones win over any others. */
function important([selector, declarations]: KitRule): string {
  return written([selector, declarations.replaceAll(/;|$/g, ' !important$&')]);
}
