import type { CheckRule } from '../render/syntax/check-rules.js';
import type { Severity } from './check-report.js';

interface Advice {
  readonly severity: Severity;
  readonly mend: string;
}

/** How serious each rule is, and what to do about what it finds. */
export const ADVICE: Readonly<Record<CheckRule, Advice>> = {
  'no-sample': {
    severity: 'warning',
    mend: 'Add "sample:" to the front matter: the context to render it with',
  },
  'img-alt': { severity: 'warning', mend: 'Add alt="…", or alt="" to a mere decoration' },
  'html-lang': { severity: 'warning', mend: 'Write <html lang="…">, best in a layout' },
  'unquoted-attribute': { severity: 'warning', mend: 'Put the value into double quotes' },
  'javascript-url': { severity: 'error', mend: 'Link to a page: no mail client runs scripts' },
  'http-link': { severity: 'warning', mend: 'Write https://' },
  'mixed-script': {
    severity: 'warning',
    mend: 'Write each part of it in one script: mixed, it is taken for a look-alike of another domain',
  },
  'href-without-url-helper': {
    severity: 'warning',
    mend: 'Write href="{{url …}}", which refuses what is no absolute http, https, mailto or tel URL',
  },
  'triple-stash': { severity: 'warning', mend: 'Write {{…}}, which escapes; keep markup in templates' },
  'too-large': {
    severity: 'warning',
    mend: 'Shorten the mail or its styles: Gmail cuts off what is over 102 KB',
  },
  'large-styles': {
    severity: 'warning',
    mend: 'Shorten them, or link a file of the templates folder, of which rules for nothing in the mail are left out: Gmail passes over what is over 16 KB',
  },
  'client-support': {
    severity: 'warning',
    mend: 'Where readers there can do without, set check: { off: [client-support] }',
  },
  'no-text': { severity: 'warning', mend: 'Add a .text.hbs file beside it' },
  'no-preheader': {
    severity: 'warning',
    mend: 'Add "preheader:" to the front matter: the line shown after the subject',
  },
  'unused-layout': { severity: 'warning', mend: 'Delete it, or name it in a "layout:"' },
  'unused-partial': { severity: 'warning', mend: 'Delete it, or call it' },
  'absent-partial': {
    severity: 'warning',
    mend: 'Create the partial or define it with {{#*inline}}; until then its block is sent',
  },
  'missing-translation': { severity: 'warning', mend: 'Add it to the catalog of that language' },
  'empty-translation': { severity: 'warning', mend: 'Write it; until then mails get it in another language' },
  'quoted-argument': {
    severity: 'warning',
    mend: "An apostrophe before a brace quotes it. For an apostrophe, write ’ or ''",
  },
  'missing-plural': { severity: 'warning', mend: 'Add that case; until then these counts get "other"' },
};
