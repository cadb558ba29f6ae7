import { KIT_SHEET } from '../css/style-tags.js';
import { isolated, LAID_OUT, literal, type KitTemplate } from './kit-partials.js';
import { styles, wordStyles } from './styles.js';
import type { Theme, ThemeBrand, ThemeLogo } from './theme.js';

/** Follows the preheader, and fills the rest of a mail program's preview line with blanks. */
const PREVIEW_PADDING = '&#847;&zwnj;&nbsp;'.repeat(60);

/** `layout: mail/layout` in front matter: the card, the brand above it, the imprint below it, and all styles of the kit. */
export const layout: KitTemplate = {
  kind: 'layout',
  name: 'mail/layout',
  html: (theme) => `<!doctype html>
<html lang="{{@locale}}" dir="{{@dir}}" xmlns:o="urn:schemas-microsoft-com:office:office">
${head(theme)}
${body(theme)}
</html>
`,
  text: ({ brand }) => {
    const lines = [brand.name, brand.address].filter((line) => line !== undefined);
    return `{{> @partial-block}}\n${lines.length > 0 ? `\n-- \n${lines.join(', ')}\n` : ''}`;
  },
};

function head(theme: Theme): string {
  return `<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{#if @subject}}{{@subject}}{{else}}${literal(theme.brand.name ?? '')}{{/if}}</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml>
<style>${wordStyles(theme)}</style><![endif]-->
<style>${KIT_SHEET}${styles(theme)}</style>
</head>`;
}

/** Repeats language and direction on the table, because webmail removes the tags of the document. */
function body({ brand, light, width }: Theme): string {
  return `<body class="mail-body">
{{#if preheader}}<div class="mail-preheader" style="display:none">{{preheader}}${PREVIEW_PADDING}</div>{{/if}}
<table class="mail-page" lang="{{@locale}}" dir="{{@dir}}" ${LAID_OUT} width="100%" bgcolor="${light.background}">
<tr><td class="mail-gutter">
<!--[if mso]><table align="center" ${LAID_OUT} width="${width}"><tr><td><![endif]-->
<table class="mail-column" ${LAID_OUT} width="100%">
${masthead(brand)}<tr><td class="mail-card" bgcolor="${light.surface}">
{{> @partial-block}}
</td></tr>
${imprint(brand)}</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>`;
}

function masthead({ logo, name, url }: ThemeBrand): string {
  const shown = logo ? pictures(logo, name) : name && literal(name);
  if (!shown) return '';
  return `<tr><td class="mail-masthead" dir="auto">${url ? `<a class="mail-brand" href="${literal(url)}">${shown}</a>` : shown}</td></tr>\n`;
}

/** Hides the dark logo from Word, which shows pictures whatever their styles say. */
function pictures({ src, dark, width, alt }: ThemeLogo, name = ''): string {
  const looks = `alt="${literal(alt ?? name)}" width="${width}"`;
  const light = `<img src="${literal(src)}" ${looks} class="mail-logo">`;
  if (dark === undefined) return light;
  const other = `<img src="${literal(dark)}" ${looks} class="mail-logo-dark" style="display:none">`;
  return `${light}<!--[if !mso]><!-->${other}<!--<![endif]-->`;
}

function imprint({ name, address }: ThemeBrand): string {
  const lines = [name, address].filter((line) => line !== undefined);
  if (lines.length === 0) return '';
  const shown = lines.map((line) => isolated(literal(line)));
  return `<tr><td class="mail-imprint">${shown.join('<br>')}</td></tr>\n`;
}
