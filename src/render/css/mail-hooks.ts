/**
 * Patterns by which style sheets address a mail program, which wraps, changes or replaces elements of a mail it
 * shows. No template has those elements, so such a selector matches nothing here and must be kept all the same.
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
  ['Android, by the styles of the elements it adds', /\[\s*style\s*[*^~]=/i],
  ['telephones, which link numbers and dates', /\[\s*href\s*[\^*]=\s*["']?(?:tel|sms|x-apple)/i],
];

export function namesMailHook(selector: string): boolean {
  return MAIL_HOOKS.some(([, hook]) => hook.test(selector));
}
