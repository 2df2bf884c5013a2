// The account page: browsers and applications.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();

test('signing in for the account page alone', async (s) => {
  const anna = await s.person();
  const page = await anna.open(s.issuer);
  await seesTitle(page, 'Sign in');
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesTitle(page, 'Your account');
  await sees(page, anna.email, 'No application has access now.');
});

test('two browsers are listed; the other one can be signed out', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const laptop = await s.elsewhere(anna, { userAgent: firefox });
  const there = await laptop.signInAt(s.notes);

  const page = await anna.open(s.issuer + '/account');
  const rows = page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem');
  assert.equal(await rows.count(), 2);
  assert.equal(await rows.filter({ hasText: 'this browser' }).filter({ hasText: 'Chrome on Linux' }).count(), 1);
  assert.match(await rows.first().innerText(), /Chrome on Linux\s+this browser/, 'this browser stands first');
  await rows.getByRole('link', { name: 'End the session of Firefox on Linux' }).click();
  await seesTitle(page, 'End this session?');
  await sees(page, 'Firefox on Linux');
  await page.getByRole('link', { name: 'Change nothing' }).click();
  assert.equal(await rows.count(), 2);
  await rows.getByRole('link', { name: 'End the session of Firefox on Linux' }).click();
  await page.getByRole('button', { name: 'End this session' }).click();
  await sees(page, 'That session has ended.');
  assert.equal(await rows.count(), 1);

  await seesTitle(await laptop.open(s.issuer + '/account'), 'Sign in');
  await there.getByRole('button', { name: 'Refresh tokens' }).click();
  await seesTitle(there, 'This sign-in is over');
  await seesTitle(await anna.open(s.issuer + '/account'), 'Your account');
});

test('all others at once', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const others = [await s.elsewhere(anna), await s.elsewhere(anna)];
  for (const other of others) await other.signInAt(s.notes);
  const page = await anna.open(s.issuer + '/account');
  await page.getByRole('link', { name: 'End all other sessions' }).click();
  await seesTitle(page, 'End all other sessions?');
  assert.equal(await page.getByRole('listitem').count(), 2, 'each is named');
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  await sees(page, 'All other sessions have ended.');
  for (const other of others) await seesTitle(await other.open(s.issuer + '/account'), 'Sign in');
});

test('an application is listed, and loses its access when it is disconnected', async (s) => {
  const anna = await s.person();
  const notes = await anna.signInAt(s.notes);
  await seesSignedIn(await anna.open(s.tasks.url + '/login'), s.tasks, anna.email);
  const page = await anna.open(s.issuer + '/account');
  const rows = page.getByRole('region', { name: 'Applications' }).getByRole('listitem');
  assert.equal(await rows.count(), 2);
  await rows.getByRole('link', { name: 'Disconnect Notes demo' }).click();
  await seesTitle(page, 'Disconnect Notes demo?');
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await sees(page, 'The application no longer has access.');
  assert.equal(await rows.count(), 1);
  await sees(page, 'Tasks demo');

  await notes.getByRole('button', { name: 'Refresh tokens' }).click();
  await seesTitle(notes, 'This sign-in is over');
});
