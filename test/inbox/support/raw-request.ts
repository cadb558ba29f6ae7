import { request } from 'node:http';
import type { InboxApplication } from './inbox-application.js';

/** Sends path and headers verbatim and returns the status; `fetch` would normalize the path and set Host and Origin itself. */
export function statusOf(
  { origin }: InboxApplication,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, method, path: `/mail/${path}`, headers, agent: false },
      (response) => {
        resolve(response.statusCode);
        response.destroy();
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
