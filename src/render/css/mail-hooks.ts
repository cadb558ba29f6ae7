/**
 * How style sheets address a mail program: by what it puts around, into or in the place of a mail when it
 * shows one. No template has these, so that what asks for them matches nothing, and is meant all the same.
 */
const MAIL_HOOKS: ReadonlyArray<readonly [program: string, selector: RegExp]> = [
  ['Outlook.com and Outlook on phones, in the dark', /\[\s*data-og(?:sc|sb|ac|ab)\b/i],
  [
    'Outlook.com',
    /\.(?:ExternalClass|ReadMsgBody|rps_|x_)|\[\s*(?:owa|class\s*[~^*]=\s*["']?(?:x_|rps_|ExternalClass))/i,
  ],
  ['Outlook on phones and for Mac', /\[\s*data-outlook-cycle\b/i],
  ['Outlook for Windows', /#outlook\b|\.Mso[A-Z]|^(?:o|v|w)\\:/],
  ['Apple Mail', /x-apple-data-detectors|\.apple-(?:mail|converted)/i],
  ['Gmail', /(?:^|[\s>])u\s*[+~]|\.(?:gmail|im|ii|a6S|aHl|adn|g-img)(?![\w-])|\.(?:gmail_|m_)|img\.g-img/],
  ['Samsung Mail', /#Message(?:WebViewDiv|ViewBody)\b/i],
  [
    'Yahoo Mail and AOL',
    /[.#](?:yshortcuts|yiv|yahoo|aolmail|aolReplaced)|\[\s*class\s*[~^*]=\s*["']?(?:yiv|aol)/i,
  ],
  ['Thunderbird', /\.moz-(?:text|signature|cite|forward)/i],
  ['Windows Mail', /#(?:divtagdefaultwrapper)\b|\.(?:hmmessage|undoreset)\b/i],
  ['Android, by the styles of what it puts around', /\[\s*style\s*[*^~]=/i],
  ['telephones, which link numbers and dates', /\[\s*href\s*[\^*]=\s*["']?(?:tel|sms|x-apple)/i],
];

/** Whether a selector is meant for what a mail program adds. */
export function namesMailHook(selector: string): boolean {
  return MAIL_HOOKS.some(([, hook]) => hook.test(selector));
}
