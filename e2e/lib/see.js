// What a person sees. Each function waits for it and fails if it does not come;
// the scenario adds to the failure what every page shows instead.
import { errors } from 'playwright-core';
import { patience } from './browser.js';

// sees waits until all texts are visible on the page.
export async function sees(page, ...texts) {
  for (const text of texts) {
    await appears(page.getByText(text).filter({ visible: true }).first(), `the text ${text}`);
  }
}

// seesTitle waits for the page's first heading.
export function seesTitle(page, title) {
  return appears(page.getByRole('heading', { level: 1, name: title, exact: true }), `the page “${title}”`);
}

// seesSignedIn waits until a demo application greets the address.
export async function seesSignedIn(page, app, email) {
  await seesTitle(page, `Signed in as ${email}`);
  if (page.url() !== app.url + '/') throw new Error(`signed in at ${page.url()}, not at ${app.url}/`);
}

// stays waits long enough to know that the page does not go on by itself.
export async function stays(page) {
  const left = await page.waitForEvent('framenavigated', { timeout: 1500 }).catch(() => null);
  if (left) throw new Error(`the page went on by itself, to ${left.url()}`);
}

async function appears(locator, what) {
  try {
    await locator.waitFor({ timeout: patience });
  } catch (e) {
    throw e instanceof errors.TimeoutError ? new Error(`there is not ${what}`) : e;
  }
}

// shown is the page in words, for failures.
export async function shown(page) {
  if (page.isClosed()) return 'the page is closed';
  const text = await page.locator('body').innerText({ timeout: 2000 }).catch((e) => `(${e.message})`);
  return `${page.url().slice(0, 120)}\n  | ${text.trim().slice(0, 300).replace(/\n+/g, '\n  | ')}`;
}
