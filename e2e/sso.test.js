// One sign-in for all applications, and its end.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();

test('the second application signs in without a page', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await anna.open(s.tasks.url);
  const pages = [];
  page.on('framenavigated', (frame) => pages.push(frame.url()));
  await page.getByRole('link', { name: 'Sign in with your e-mail' }).click();
  await seesSignedIn(page, s.tasks, anna.email);
  assert.deepEqual(pages, [s.tasks.url + '/'], 'nothing was shown in between');
  assert.equal(await s.mailbox.count(anna.email), 1);
});

test('prompt=login asks again', async (s) => {
  const anna = await s.person();
  const page = await anna.signInAt(s.notes);
  await page.getByRole('link', { name: 'Ask again' }).click();
  await seesTitle(page, 'Sign in');
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesSignedIn(page, s.notes, anna.email);
});

test('prompt=select_account asks which account', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await anna.open(s.tasks.url + '/login?prompt=select_account');
  await seesTitle(page, 'Choose an account');
  await page.getByRole('button', { name: `Go on as ${anna.email}` }).click();
  await seesSignedIn(page, s.tasks, anna.email);

  await page.goto(s.tasks.url + '/login?prompt=select_account');
  await page.getByRole('link', { name: 'Use another address' }).click();
  await seesTitle(page, 'Sign in');
  await anna.giveAddress(page, 'other.' + anna.email);
  await anna.typeCode(page, (await s.mailbox.next('other.' + anna.email)).code);
  await seesSignedIn(page, s.tasks, 'other.' + anna.email);
});

test('prompt=none never shows a page', async (s) => {
  const anna = await s.person();
  const page = await anna.open(s.notes.url + '/login?prompt=none');
  await seesTitle(page, 'The sign-in was not finished');
  await sees(page, 'login_required');
  await anna.signInAt(s.notes);
  await page.goto(s.notes.url + '/login?prompt=none');
  await seesSignedIn(page, s.notes, anna.email);
});

test('signing out at an application signs out of the provider', async (s) => {
  const anna = await s.person();
  const page = await anna.signInAt(s.notes);
  const other = await anna.open(s.tasks.url + '/login');
  await seesSignedIn(other, s.tasks, anna.email);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await seesTitle(page, 'You are signed out');
  await sees(page, 'Here and at the provider.');
  assert.ok(page.url().startsWith(s.notes.url + '/signed-out'));

  await other.goto(s.tasks.url + '/login');
  await seesTitle(other, 'Sign in'); // the provider asks again
});

test('signing out at the account page', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await anna.open(s.issuer + '/account');
  await page.getByRole('button', { name: 'Sign out of this browser' }).click();
  await seesTitle(page, 'You are signed out');
  await page.goto(s.notes.url + '/login');
  await seesTitle(page, 'Sign in');
  await page.goto(s.issuer + '/account');
  await seesTitle(page, 'Sign in');
});

test('asked to sign out by nobody in particular, a person may stay', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await anna.open(s.issuer + '/end_session');
  await seesTitle(page, 'Sign out?');
  await sees(page, anna.email);
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  await seesTitle(page, 'You are still signed in');
  await page.getByRole('link', { name: 'Go to your account' }).click();
  await seesTitle(page, 'Your account');
});
