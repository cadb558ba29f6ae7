import { signal, type ReadonlySignal } from '@preact/signals';

export const VIEWS = ['mails', 'queue', 'gallery', 'chaos'] as const;
export type View = (typeof VIEWS)[number];

/** What the page shows, and all that its address says. */
export interface Route {
  readonly view: View;
  /** Id of a mail, or name of a template; empty for none. */
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The mount of the inbox: ends in a slash. */
const base = (): string => new URL(document.baseURI).pathname;

export function routeOf(url: URL): Route {
  const [first = '', ...rest] = url.pathname.slice(base().length).split('/').map(decodeURIComponent);
  const query = Object.fromEntries(url.searchParams);
  const name = rest.join('/');
  if (first === 'm') return { view: 'mails', name, query };
  return { view: VIEWS.find((view) => view === first) ?? 'mails', name, query };
}

function pathOf({ view, name }: Pick<Route, 'view' | 'name'>): string {
  const tail = name.split('/').map(encodeURIComponent).join('/');
  if (view === 'mails') return name === '' ? '' : `m/${tail}`;
  return name === '' ? view : `${view}/${tail}`;
}

/** The address of a view; what is undefined or empty is left out. */
export function hrefOf(
  view: View,
  name = '',
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([key, value]) => (value ? [[key, value]] : []));
  const search = new URLSearchParams(given).toString();
  return `${base()}${pathOf({ view, name })}${search === '' ? '' : `?${search}`}`;
}

/** The page's address, followed and changed without loading the page again. */
export class Navigation {
  readonly #route = signal(routeOf(new URL(location.href)));

  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  /** Follows the browser's own buttons, and links to other views. */
  start(): void {
    addEventListener('popstate', () => this.#read());
    addEventListener('click', (event) => this.#follow(event));
  }

  go(href: string, { replace = false }: { readonly replace?: boolean } = {}): void {
    history[replace ? 'replaceState' : 'pushState'](undefined, '', href);
    this.#read();
  }

  #read(): void {
    this.#route.value = routeOf(new URL(location.href));
  }

  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a[data-view]') : null;
    const asked = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!(link instanceof HTMLAnchorElement) || asked || event.defaultPrevented) return;
    event.preventDefault();
    this.go(link.href);
  }
}
