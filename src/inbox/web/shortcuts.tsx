import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';

import { isTyping } from './mails/mail-keys.js';
import { Dialog } from './parts/dialog.js';

export const shortcutsShown = signal(false);

const KEYS = [
  { keys: ['j', 'k'], does: 'next, previous mail' },
  { keys: ['/'], does: 'search' },
  { keys: ['e'], does: 'mark read or unread' },
  { keys: ['Delete'], does: 'delete the open mail' },
  { keys: ['Esc'], does: 'leave the search, close a dialog' },
  { keys: ['?'], does: 'this list' },
] as const;

function press(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLInputElement>('[data-search]');
  if (event.key === 'Escape' && event.target === search) return search?.blur();
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '?') shortcutsShown.value = true;
  if (event.key !== '/' || search === null) return;
  event.preventDefault();
  search.focus();
  search.select();
}

/** Handles the global keys, and lists all shortcuts. */
export function Shortcuts(): VNode | null {
  useEffect(() => {
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  if (!shortcutsShown.value) return null;
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => (shortcutsShown.value = false)}>
      <dl class="keys">
        {KEYS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
