import type { CheckRule } from '../render/syntax/check-rules.js';
import type { SourceLocation } from '../render/faults/source-location.js';
import type { Severity } from './check-report.js';

/** A finding of a rule; without a place it is about the template as a whole. */
export interface Remark {
  readonly rule: CheckRule;
  readonly message: string;
  readonly place?: SourceLocation | undefined;
  /** Replaces the advice of the rule where there is more to say. */
  readonly fix?: string;
}

export type PlacedRemark = Remark & { readonly place: SourceLocation };

interface Advice {
  readonly severity: Severity;
  readonly fix: string;
}

/** Severity of each rule, and how to fix its findings. */
export const ADVICE: Readonly<Record<CheckRule, Advice>> = {
  'no-sample': {
    severity: 'warning',
    fix: 'Add "sample:" to the front matter: the context to render it with',
  },
  'img-alt': { severity: 'warning', fix: 'Add alt="…", or alt="" to a mere decoration' },
  'html-lang': { severity: 'warning', fix: 'Write <html lang="…">, best in a layout' },
  'unquoted-attribute': { severity: 'warning', fix: 'Put the value into double quotes' },
  'javascript-url': { severity: 'error', fix: 'Link to a page: no mail client runs scripts' },
  'http-link': { severity: 'warning', fix: 'Write https://' },
  'mixed-script': {
    severity: 'warning',
    fix: 'Write each part of it in one script: mixed, it is taken for a look-alike of another domain',
  },
  'href-without-url-helper': {
    severity: 'warning',
    fix: 'Write href="{{url …}}", which refuses what is no absolute http, https, mailto or tel URL',
  },
  'triple-stash': { severity: 'warning', fix: 'Write {{…}}, which escapes; keep markup in templates' },
  'too-large': {
    severity: 'warning',
    fix: 'Shorten the mail or its styles: Gmail cuts off what is over 102 KB',
  },
  'large-styles': {
    severity: 'warning',
    fix: 'Shorten them, or link a file of the templates folder, of which rules for nothing in the mail are left out: Gmail passes over what is over 16 KB',
  },
  'client-support': {
    severity: 'warning',
    fix: 'Where readers there can do without, set check: { off: [client-support] }',
  },
  'no-text': { severity: 'warning', fix: 'Add a .text.hbs file beside it' },
  'no-preheader': {
    severity: 'warning',
    fix: 'Add "preheader:" to the front matter: the line shown after the subject',
  },
  'unused-layout': { severity: 'warning', fix: 'Delete it, or name it in a "layout:"' },
  'unused-partial': { severity: 'warning', fix: 'Delete it, or call it' },
  'absent-partial': {
    severity: 'warning',
    fix: 'Create the partial or define it with {{#*inline}}; until then its block is sent',
  },
  'missing-translation': { severity: 'warning', fix: 'Add it to the catalog of that language' },
  'empty-translation': { severity: 'warning', fix: 'Write it; until then mails get it in another language' },
  'quoted-argument': {
    severity: 'warning',
    fix: "An apostrophe before a brace quotes it. For an apostrophe, write ’ or ''",
  },
  'missing-plural': { severity: 'warning', fix: 'Add that case; until then these counts get "other"' },
};
