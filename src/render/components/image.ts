import { block } from './markup.js';
import type { KitPiece } from './piece.js';
import { CARD_PADDING } from './styles.js';

/** `{{> mail/image src=photo alt="The harbour at dawn" width=400}}`; as wide as the text where no width is given. */
export const image: KitPiece = {
  kind: 'partial',
  name: 'mail/image',
  component: {
    parameters: {
      src: { needed: 'always', url: 'image' },
      alt: { needed: 'always' },
      width: { needed: 'never' },
      href: { needed: 'never', url: 'link' },
    },
    block: 'none',
  },
  html: ({ width }) => {
    const full = width - 2 * CARD_PADDING;
    // The class comes last: the inliner takes it out, and the last attribute fills its place; tags that change
    // their order that way would keep the styles from being inlined when a page is compiled.
    const picture = `<img src="{{$src}}" alt="{{$alt}}" width="{{default $width ${full}}}" class="mail-image">`;
    return block(`{{#if $href}}<a href="{{$href}}">${picture}</a>{{else}}${picture}{{/if}}`);
  },
  text: () => '{{$alt}}{{#if $href}} ({{$href}}){{/if}}\n',
};
