import { type Browser, chromium } from 'playwright-core';

/** The system's own: `scripts/ensure-tools.sh` installs it where it is missing. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Without a sandbox of its own, which it cannot have in a container. @param args more flags */
export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', ...args] });
}
