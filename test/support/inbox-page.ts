import type { Browser, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core';

/** Less than a test's own, so that it is said what was waited for. */
const TIMEOUT_MS = 15_000;

/** The inbox in a browser, as a person sees and uses it. */
export class InboxPage {
  readonly page: Page;
  /** Faults of the page itself. Mails and their frames may be refused a lot. */
  readonly faults: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(error.message));
  }

  /** @param url of the inbox, or of a view in it */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<InboxPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    context.setDefaultTimeout(TIMEOUT_MS);
    const inbox = new InboxPage(await context.newPage());
    await inbox.page.goto(url);
    return inbox;
  }

  get rows(): Locator {
    return this.page.locator('a.row');
  }

  row(subject: string): Locator {
    return this.rows.filter({ hasText: subject }).first();
  }

  /** The subject of the mail that is open. */
  get heading(): Locator {
    return this.page.getByRole('heading', { level: 2 });
  }

  /** The mail itself, behind its sandbox. */
  get mail(): FrameLocator {
    return this.page.frameLocator('iframe');
  }

  get search(): Locator {
    return this.page.getByLabel('Search mails');
  }

  async tab(name: string | RegExp): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
  }

  /** One of a few, by the label that is clicked on. */
  async choose(label: string): Promise<void> {
    await this.page.locator('.segmented').getByText(label, { exact: true }).click();
  }

  /** In words, as the browser's own names are unknown here. */
  async copied(): Promise<string> {
    return String(await this.page.evaluate('navigator.clipboard.readText()'));
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
