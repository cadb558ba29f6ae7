import { lintBodies } from '../../check/body-lint.js';
import { clientGaps } from '../../check/clients/client-gaps.js';
import type { MarkupUse } from '../../check/clients/markup-use.js';
import { markupUses } from '../../check/clients/markup-uses.js';
import { lintAddresses } from '../../check/domain-lint.js';
import { type HtmlRemark, lintHtml } from '../../check/html-lint.js';
import { ADVICE } from '../../check/rules.js';
import type { RenderedMessage } from '../../message/message.js';
import { absentContentIds, unusedInline } from '../../message/parts/content-ids.js';
import { urlOf } from '../../message/values/url.js';
import { LineStarts } from '../../render/faults/source-location.js';
import type { CheckRule } from '../../render/syntax/check-rules.js';
import type { ClientGapView, FindingView, MailFindings } from '../api/checks.js';
import { linkFault } from '../links/link-fault.js';

interface MailFinding extends FindingView {
  readonly rule: CheckRule | 'link-fault' | 'absent-inline' | 'unused-inline';
}

/** The linted parts of a mail; a template rendered alone has no addresses. */
export type LintedMail = Pick<RenderedMessage, 'html' | 'text'> &
  Partial<Pick<RenderedMessage, Addressed | 'attachments'>>;

type Addressed = 'from' | 'sender' | 'replyTo' | 'envelope';

/** Lints a mail as sent, by the rules of `mailroom check`. Makes no network requests. */
export function findingsOf(mail: LintedMail): MailFindings {
  const { html, text } = mail;
  const ofAddresses = lintAddresses(addressesOf(mail)).map(({ rule, message }) => finding(rule, message));
  const ofImages = inlineFindings(mail);
  if (html === undefined) return { findings: [...ofAddresses, ...ofImages], clients: [] };
  const uses = markupUses(html);
  const lines = new LineStarts(html);
  const findings = [
    ...ofAddresses,
    ...ofImages,
    ...htmlRemarks(html).map(({ rule, message, offset }) => finding(rule, message, lineAt(lines, offset))),
    ...lintBodies({ html, text }).map(({ rule, message }) => finding(rule, message)),
    ...linkFindings(uses, lines),
  ];
  return { findings: findings.toSorted(byLine), clients: clientGapViews(uses, html) };
}

function clientGapViews(uses: readonly MarkupUse[], html: string): readonly ClientGapView[] {
  return clientGaps(uses, html).map(({ client, feature, support, reason, where }) => {
    return { client, feature, support, reason, where };
  });
}

function addressesOf({ from, sender, replyTo = [], envelope }: LintedMail): readonly string[] {
  const mailboxes = [from, sender, ...replyTo].filter((mailbox) => mailbox !== undefined);
  return [...mailboxes.map(({ address }) => address), ...(envelope?.to ?? [])];
}

type FindingLine = Pick<MailFinding, 'line'>;

/** 1-based. */
function lineAt(lines: LineStarts, offset: number | undefined): FindingLine {
  return offset === undefined ? {} : { line: lines.at(offset).line + 1 };
}

function finding(rule: CheckRule, message: string, place: FindingLine = {}): MailFinding {
  const { severity, fix } = ADVICE[rule];
  return { rule, severity, message: `${message}. ${fix}`, ...place };
}

/** Ignores remarks about local URLs: during development, links lead to the application itself. */
function htmlRemarks(html: string): readonly HtmlRemark[] {
  return lintHtml(html).filter(({ url }) => url === undefined || !isLocal(url));
}

function isLocal(url: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(urlOf(url)?.hostname ?? '');
}

/** Finds broken inline images in mails received over SMTP; the module itself refuses to send such mails. */
function inlineFindings({ html, attachments }: LintedMail): readonly MailFinding[] {
  if (!attachments) return [];
  const body = { attachments, ...(html !== undefined && { html }) };
  const lines = new LineStarts(html ?? '');
  const absent = absentContentIds(body).map(({ cid, offset }): MailFinding => {
    const message = `cid:${cid} has no attachment: a broken image is shown. Attach it with that cid`;
    return { rule: 'absent-inline', severity: 'error', message, line: lines.at(offset).line + 1 };
  });
  const unused = unusedInline(body).map(({ cid, filename = 'an attachment' }): MailFinding => {
    const message = `${filename} is inline, and the html does not show cid:${cid}. Show it there, or attach it without cid`;
    return { rule: 'unused-inline', severity: 'warning', message };
  });
  return [...absent, ...unused];
}

/** Skips links to anchors within the mail. */
function linkFindings(uses: readonly MarkupUse[], lines: LineStarts): readonly MailFinding[] {
  return uses.flatMap((use): readonly MailFinding[] => {
    const url = use.kind === 'tag' && LINKS.has(use.tag) ? use.attributes['href'] : undefined;
    const fault = url === undefined || url.startsWith('#') ? undefined : linkFault(url);
    if (fault === undefined) return [];
    return [{ rule: 'link-fault', severity: 'error', message: fault, line: lines.at(use.offset).line + 1 }];
  });
}

const LINKS: ReadonlySet<string> = new Set(['a', 'area']);

function byLine(a: MailFinding, b: MailFinding): number {
  return (a.line ?? 0) - (b.line ?? 0);
}
