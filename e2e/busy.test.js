// What is sent is sent once, and the page says so while it waits.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();

// slow lets everything that a page sends take a second, and returns where it went.
async function slow(page, fits) {
  const sent = [];
  await page.route((url) => fits.test(url.pathname), async (route) => {
    if (route.request().method() === 'POST') {
      sent.push(route.request().url());
      await new Promise((over) => setTimeout(over, 1000));
    }
    await route.continue().catch(() => {}); // another one took its place
  });
  return sent;
}

// impatient is what somebody does in the page while it sends: they press the button
// again, and again. A page that is about to leave cannot be touched from outside.
const impatient = (page, button, before) => page.evaluate(async ({ button, before }) => {
  if (before) {
    const field = document.getElementById('code');
    field.value += before;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  for (let i = 0; i < 3; i++) {
    document.getElementById(button).click();
    await new Promise((over) => setTimeout(over, 150));
  }
  return document.getElementById(button).textContent;
}, { button, before });

test('the button says that it is sending, and cannot be pressed twice', async (s) => {
  const anna = await s.person();
  const page = await anna.startAt(s.notes);
  const sent = await slow(page, /^\/login$/);
  await page.getByLabel('Your e-mail address').fill(anna.email);
  assert.equal(await impatient(page, 'continue'), 'Sending…');
  await seesTitle(page, 'Check your mail');
  await anna.mail();
  assert.equal(sent.length, 1);
  assert.equal(await s.mailbox.count(anna.email), 1);
});

test('the sixth digit sends the code, and a press behind it does not send it again', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  const sent = await slow(page, /^\/login\/c\/[^/]+$/);
  await page.getByLabel('Six-digit code').pressSequentially(code.slice(0, 5));
  assert.equal(sent.length, 0, 'five digits send nothing');
  await impatient(page, 'verify', code.slice(5));
  await seesSignedIn(page, s.notes, anna.email);
  assert.equal(sent.length, 1);
});
