import { KIT_SHEET } from '../css/style-tags.js';
import { LAID_OUT, literal } from './markup.js';
import type { KitPiece } from './piece.js';
import { styles, wordStyles } from './styles.js';
import type { Theme, ThemeBrand } from './theme.js';

/** Keeps what follows the preheader out of a client's preview. */
const PREVIEW_PADDING = '&#847;&zwnj;&nbsp;'.repeat(60);

/** `layout: mail/layout` in front matter: the card, what stands above and below it, and the styles of it all. */
export const layout: KitPiece = {
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
<style>${wordStyles()}</style><![endif]-->
<style>${KIT_SHEET}${styles(theme)}</style>
</head>`;
}

/** Language and direction again on the table: webmail takes the document's own tags away. */
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
  const shown = logo
    ? `<img src="${literal(logo.src)}" alt="${literal(logo.alt ?? name ?? '')}" width="${logo.width}">`
    : name && literal(name);
  if (!shown) return '';
  return `<tr><td class="mail-masthead">${url ? `<a class="mail-brand" href="${literal(url)}">${shown}</a>` : shown}</td></tr>\n`;
}

function imprint({ name, address }: ThemeBrand): string {
  const lines = [name, address].filter((line) => line !== undefined);
  if (lines.length === 0) return '';
  return `<tr><td class="mail-imprint">${lines.map(literal).join('<br>')}</td></tr>\n`;
}
