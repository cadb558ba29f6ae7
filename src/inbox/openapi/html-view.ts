import { VIEW_CLIENTS } from '../client-view/view-client.js';

/** Query parameters of html that is shown in a frame. */
export const HTML_VIEW: Readonly<Record<string, string>> = {
  images: '1: remote images may be loaded',
  client: `About as this mail program shows it: ${VIEW_CLIENTS.map(({ id }) => id).join(', ')}`,
};
