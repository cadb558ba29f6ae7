import { signal, type ReadonlySignal } from '@preact/signals';

export const VIEWS = ['mails', 'queue', 'gallery', 'chaos'] as const;
export type View = (typeof VIEWS)[number];

/** The state of the page as given by its address. */
export interface PageRoute {
  readonly view: View;
  /** Id of a mail or name of a template; empty for none. */
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Path of the inbox, with a trailing slash. */
const base = (): string => new URL(document.baseURI).pathname;

export function routeOf(url: URL): PageRoute {
  const [first = '', ...rest] = url.pathname.slice(base().length).split('/').map(decodeURIComponent);
  const query = Object.fromEntries(url.searchParams);
  const name = rest.join('/');
  if (first === 'm') return { view: 'mails', name, query };
  return { view: VIEWS.find((view) => view === first) ?? 'mails', name, query };
}

function pathOf({ view, name }: Pick<PageRoute, 'view' | 'name'>): string {
  const tail = name.split('/').map(encodeURIComponent).join('/');
  if (view === 'mails') return name === '' ? '' : `m/${tail}`;
  return name === '' ? view : `${view}/${tail}`;
}

/** URL of a view; omits undefined and empty parameters. */
export function hrefOf(
  view: View,
  name = '',
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([key, value]) => (value ? [[key, value]] : []));
  const search = new URLSearchParams(given).toString();
  return `${base()}${pathOf({ view, name })}${search === '' ? '' : `?${search}`}`;
}

/** Follows and changes the page's address without reloading the page. */
export class Router {
  readonly #route = signal(routeOf(new URL(location.href)));

  get route(): ReadonlySignal<PageRoute> {
    return this.#route;
  }

  /** Handles the back and forward buttons, and clicks on links to views. */
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
    const isModified = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!(link instanceof HTMLAnchorElement) || isModified || event.defaultPrevented) return;
    event.preventDefault();
    this.go(link.href);
  }
}
