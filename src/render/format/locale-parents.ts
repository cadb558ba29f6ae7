/**
 * What CLDR 48 (2025-10-29) knows of languages that shorter tags do not tell: `supplemental/parentLocales.json`
 * of cldr-core 48.2.0 (Unicode License v3). Left out are parents in another language (`ht` has `fr-HT`), and those
 * of scripts, which follow from a rule: one that is not the language's likeliest has the root as its parent.
 */
const CHILDREN = {
  'en-001':
    '150 AG AI AU BB BM BS BW BZ CC CK CM CX CY DG DM ER FJ FK FM GB GD GG GH GI GM GS GY HK ID IE IL IM IN IO JE JM KE KI KN KY LC LR LS MG MO MS MT MU MV MW MY NA NF NG NR NU NZ PG PK PN PW RW SB SC SD SG SH SL SS SX SZ TC TK TO TT TV TZ UG VC VG VU WS ZA ZM ZW',
  'en-150': 'AT BE CH CZ DE DK EE ES FI FR GE HU IT LT LV NL NO PL PT RO SE SI SK UA',
  'es-419': 'AR BO BR BZ CL CO CR CU DO EC GT HN JP MX NI PA PE PR PY SV US UY VE',
  'pt-PT': 'AO CH CV FR GQ GW LU MO MZ ST TL',
  'zh-Hant-HK': 'MO',
  no: 'nb nn',
} as const;

/** The parents that are not found by leaving out the last subtag, by tag. */
export const LOCALE_PARENTS: ReadonlyMap<string, string> = new Map(
  Object.entries(CHILDREN).flatMap(([parent, children]) =>
    children.split(' ').map((child): [string, string] => [childTag(parent, child), parent]),
  ),
);

/** A child that is a region stands in the place of its parent's. */
function childTag(parent: string, child: string): string {
  return parent.includes('-') ? parent.replace(/[^-]+$/, child) : child;
}

/**
 * Read where the first is not there, before its parent: British English is what CLDR names for English outside
 * America (`paradigmLocales` of its `languageMatching.json`), and `no` is Norwegian Bokmål in practice (distance 1 there).
 */
export const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['en-001', 'en-GB'],
  ['no', 'nb'],
]);

/** Languages that are written in several scripts (the same file of CLDR), so that people name theirs. */
export const SEVERAL_SCRIPTS: ReadonlySet<string> = new Set(
  'az bal blt bm bs byn cu dje dyo ff ha iu kaa kk kok ks ku kxv ky ml mn mni ms pa sat sd shi so sr suz sw tg ug uz vai wo yo yue zh'.split(
    ' ',
  ),
);
