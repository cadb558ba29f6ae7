import { type ConfigReport, redactUrl } from '../errors/config-report.js';

/** The transporter that `mailer:` (the default, an empty name) or `mailer:marketing` names; else the fault is in `report`. */
export function transporterNameIn(url: URL, report: ConfigReport, where: string): string | undefined {
  const isBare = !url.href.startsWith('mailer://') && url.search === '' && url.hash === '';
  const name = isBare ? decoded(url.pathname) : undefined;
  if (name !== undefined) return name;
  report.add({
    where,
    expected: '`mailer:`, or `mailer:` and the name of a transporter such as `mailer:marketing`',
    found: redactUrl(url.href),
    mend: 'The server, its login and its options stay where they are, in MailerModule',
  });
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
