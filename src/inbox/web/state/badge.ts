const ICON_SIZE = 32;
const ENVELOPE = `<rect x="2" y="6" width="28" height="20" rx="4" fill="#2456b3"/><path d="M5 10l11 8 11-8" fill="none" stroke="#fff" stroke-width="2.5"/>`;
const DOT = `<circle cx="25" cy="8" r="7" fill="#d92d20" stroke="#fff" stroke-width="2"/>`;

/** Shows in the browser's tab how many mails are unread. */
export function showUnread(unread: number): void {
  document.title = unread === 0 ? 'Mail' : `(${unread}) Mail`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${ICON_SIZE} ${ICON_SIZE}">${ENVELOPE}${unread === 0 ? '' : DOT}</svg>`;
  document
    .querySelector('link[rel=icon]')
    ?.setAttribute('href', `data:image/svg+xml,${encodeURIComponent(svg)}`);
}
