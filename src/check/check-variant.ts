import type { RenderedBody } from '../render/renderer.js';
import type { Fallback } from '../render/compile/template-set.js';
import type { VariantSources } from '../render/compile/template-inventory.js';
import type { Finding } from './check-report.js';
import { lintBodies } from './body-lint.js';
import { brokenFeatures } from './clients/broken-features.js';
import { lintHtml } from './html-lint.js';
import type { MessageLint } from './message-lint.js';
import { ADVICE, type Remark } from './rules.js';
import { lintSyntax } from './syntax-lint.js';
import { TagPlaces } from './tag-place.js';

export interface CheckedMail {
  /** The sample as it would be sent; absent when it could not be rendered. */
  readonly mail?: RenderedBody | undefined;
  /** The same mail with its styles where they were written. */
  readonly asWritten?: RenderedBody | undefined;
  readonly userHelpers: ReadonlySet<string>;
  readonly messages: MessageLint;
  /** Those of all templates. */
  readonly fallbacks: readonly Fallback[];
}

/** Applies every rule to one language of a template, except those that the template silences. */
export function checkVariant(variant: VariantSources, checked: CheckedMail): readonly Finding[] {
  const { template, locale, front } = variant;
  const own = (variant.html[0] ?? variant.text[0])?.file.path ?? template;
  const remarks = [
    ...frontRemarks(variant),
    ...syntaxRemarks(variant, checked.userHelpers),
    ...fallbackRemarks(variant, checked.fallbacks),
    ...htmlRemarks(variant, checked.asWritten),
    ...clientRemarks(variant, checked),
    ...(checked.mail ? lintBodies(checked.mail) : []),
    ...checked.messages.remarks(variant),
  ];
  const finding = ({ rule, message, place, fix = ADVICE[rule].fix }: Remark): Finding => {
    const { severity } = ADVICE[rule];
    return { rule, severity, template, locale, ...(place ?? { file: own }), message, fix };
  };
  return remarks.filter(({ rule }) => !front.checkOff?.includes(rule)).map((remark) => finding(remark));
}

function frontRemarks({ front, html }: VariantSources): readonly Remark[] {
  const remarks: Remark[] = [];
  if (!front.sample)
    remarks.push({ rule: 'no-sample', message: 'there is no sample, so it was not rendered' });
  // A layout may print a preheader that comes with the context.
  const hasPreheader = front.preheader !== undefined || (front.sample && 'preheader' in front.sample);
  if (html.length > 0 && !hasPreheader) {
    remarks.push({ rule: 'no-preheader', message: 'inboxes preview the first words of the body' });
  }
  return remarks;
}

function fallbackRemarks(
  { html, text, lines }: VariantSources,
  fallbacks: readonly Fallback[],
): readonly Remark[] {
  const files = new Set([...html, ...text, ...lines.partials].map(({ file }) => file.path));
  return fallbacks
    .filter(({ place }) => files.has(place.file))
    .map(({ place, partial }) => ({
      rule: 'absent-partial',
      place,
      message: `there is no partial "${partial}", and no template defines it inline`,
    }));
}

function syntaxRemarks({ html }: VariantSources, userHelpers: ReadonlySet<string>): readonly Remark[] {
  return html.flatMap((source) => lintSyntax(source, userHelpers));
}

function htmlRemarks({ html: sources }: VariantSources, body: RenderedBody | undefined): readonly Remark[] {
  if (body?.html === undefined) return [];
  const places = new TagPlaces(sources);
  return lintHtml(body.html).map(({ rule, message, tag }) => ({
    rule,
    message,
    place: tag === undefined ? undefined : places.of(tag),
  }));
}

/** Judges the mail as it is sent, and locates tags in the mail as it was written. */
function clientRemarks(
  { html: sources }: VariantSources,
  { mail, asWritten }: CheckedMail,
): readonly Remark[] {
  if (mail?.html === undefined) return [];
  const broken = brokenFeatures(mail.html);
  const written = broken.length === 0 ? [] : brokenFeatures(asWritten?.html ?? '');
  const places = new TagPlaces(sources);
  return broken.map(({ feature, clients, advice }) => {
    const tag = written.find((other) => other.feature === feature)?.tag;
    return {
      rule: 'client-support',
      message: `${listOf(clients)} ${clients.length > 1 ? 'do' : 'does'} not show ${feature}`,
      fix: `${advice}. ${ADVICE['client-support'].fix}`,
      place: tag === undefined ? undefined : places.of(tag),
    };
  });
}

function listOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');
}
