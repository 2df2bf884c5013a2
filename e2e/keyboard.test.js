// Without a mouse, and with a screen reader in mind.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();

// tabTo presses Tab until the element of this id has the focus, and returns the
// ids or tags on the way. Each stop must show that it has the focus.
async function tabTo(page, id) {
  const stops = [];
  while (stops.at(-1) !== id && stops.length < 20) {
    await page.keyboard.press('Tab');
    const [name, outline] = await page.evaluate(() => {
      const at = document.activeElement;
      return [at.id || at.tagName.toLowerCase(), getComputedStyle(at).outlineStyle];
    });
    assert.notEqual(outline, 'none', `${name} shows no focus`);
    stops.push(name);
  }
  assert.equal(stops.at(-1), id, `Tab does not reach ${id}: ${stops}`);
  return stops;
}

const focused = (page) => page.evaluate(() => document.activeElement.id);

test('the whole sign-in by keyboard', async (s) => {
  const anna = await s.person();
  const page = await anna.open(s.notes.url);
  await page.getByRole('link', { name: 'Sign in with your e-mail' }).focus();
  await page.keyboard.press('Enter');
  await seesTitle(page, 'Sign in');
  assert.equal(await focused(page), 'email', 'the field has the focus at once');
  await page.keyboard.type(anna.email);
  assert.deepEqual(await tabTo(page, 'continue'), ['continue']);
  await page.keyboard.press('Enter');

  await seesTitle(page, 'Check your mail');
  assert.equal(await focused(page), 'code');
  assert.deepEqual(await tabTo(page, 'change'), ['verify', 'change'], 'the order of reading; the pausing button is left out');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(page), 'code');
  await page.keyboard.type((await anna.mail()).code);
  await seesSignedIn(page, s.notes, anna.email);
});

test('the link in another browser by keyboard', async (s) => {
  const anna = await s.person();
  await anna.askAt(s.notes);
  const phone = await s.elsewhere(anna);
  const page = await phone.open((await anna.mail()).link);
  await seesTitle(page, 'Sign in on this device?');
  assert.notEqual(await focused(page), 'use-link', 'Enter alone must not sign in');
  await s.reads();
  await tabTo(page, 'use-link');
  await page.keyboard.press('Enter');
  await seesTitle(page, 'You are signed in');
  await tabTo(page, 'continue');
  await page.keyboard.press('Enter');
  await seesSignedIn(page, s.notes, anna.email);
});

test('an address that is none: the message is tied to the field', async (s) => {
  const anna = await s.person();
  const page = await anna.startAt(s.notes);
  const field = page.getByLabel('Your e-mail address');
  await field.fill('anna@example');
  await page.keyboard.press('Enter');
  const message = 'That does not look like an e-mail address. It should read like name@example.com.';
  await sees(page, message);
  assert.equal(await field.inputValue(), 'anna@example', 'what was typed stays');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  const described = await field.getAttribute('aria-describedby');
  assert.equal(await page.locator(`#${described}`).innerText(), message);
  assert.equal(await page.getByRole('alert').innerText(), message, 'and it is announced');
});

test('a wrong code: the message is tied to the field', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  await anna.typeCode(page, code === '000000' ? '000001' : '000000');
  const message = "That code isn't right. 2 tries left.";
  await sees(page, message);
  const field = page.getByLabel('Six-digit code');
  const described = await field.getAttribute('aria-describedby');
  assert.equal(await page.locator(`#${described}`).innerText(), message);
  assert.equal(await focused(page), 'code', 'and the next try can be typed at once');
});
