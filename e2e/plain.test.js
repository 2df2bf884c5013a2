// The same without JavaScript.
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();
const plain = { javaScriptEnabled: false };

test('by code', async (s) => {
  const anna = await s.person('anna', plain);
  const page = await anna.askAt(s.notes);
  await anna.typeCode(page, (await anna.mail()).code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await seesSignedIn(page, s.notes, anna.email);
});

test('by link: the new tab goes on at the press of a button, and the first one tells', async (s) => {
  const anna = await s.person('anna', plain);
  const waiting = await anna.askAt(s.notes);
  const tab = await anna.open((await anna.mail()).link);
  await sees(tab, anna.email);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await seesSignedIn(tab, s.notes, anna.email);

  await waiting.reload();
  await seesTitle(waiting, 'You are signed in');
  await waiting.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(waiting, s.notes, anna.email);
});

test('by link in another browser', async (s) => {
  const anna = await s.person('anna', plain);
  await anna.askAt(s.notes);
  const phone = await s.elsewhere(anna, plain);
  const page = await phone.open((await anna.mail()).link);
  await s.reads();
  await page.getByRole('button', { name: 'Sign in on this device instead' }).click();
  await page.getByLabel('Which address did the mail go to?').fill(anna.email); // programs do that without script, too
  await page.getByRole('button', { name: 'Sign in on this device instead' }).click();
  await seesTitle(page, 'You are signed in');
  await sees(page, 'The screen where you started still waits.');
  await page.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(page, s.notes, anna.email);
});

test('a wrong code and a wrong address say what is wrong', async (s) => {
  const anna = await s.person('anna', plain);
  const page = await anna.startAt(s.notes);
  await page.getByLabel('Your e-mail address').fill('anna at example');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await sees(page, 'That does not look like an e-mail address');
  await anna.giveAddress(page);
  await anna.typeCode(page, '12345');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await sees(page, "That code isn't right.");
});

test('signing out asks for a press', async (s) => {
  const anna = await s.person('anna', plain);
  const page = await anna.askAt(s.notes);
  await anna.typeCode(page, (await anna.mail()).code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await seesSignedIn(page, s.notes, anna.email);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await seesTitle(page, 'You are signed out');
  await sees(page, 'Here and at the provider.');
});
