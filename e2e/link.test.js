// Signing in by the link of the mail.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle, stays } from './lib/see.js';

const test = suite();

test('in a new tab of the same browser, the tab that waited goes on and the new one says it can be closed', async (s) => {
  const anna = await s.person();
  const waiting = await anna.askAt(s.notes);
  const tab = await anna.open((await anna.mail()).link);
  await seesSignedIn(waiting, s.notes, anna.email);
  await sees(tab, 'You can close this tab. The other one goes on to Notes demo.');
  assert.equal(await tab.title(), 'Signed in · Notes demo');
  assert.match(await tab.locator('#continue').getAttribute('class'), /quiet/, 'going on here too is the second choice');
});

test('one tab goes on even if the waiting one heard of the approval first', async (s) => {
  const anna = await s.person();
  const waiting = await anna.askAt(s.notes);
  const tab = await anna.context.newPage();
  let scripts = 0;
  await tab.route('**/static/app.*.js', async (route) => {
    // The second page of this tab runs its script only when the waiting tab, which
    // asks every two seconds, is gone.
    if (++scripts === 2) await seesSignedIn(waiting, s.notes, anna.email);
    await route.continue();
  });
  await tab.goto((await anna.mail()).link);
  await sees(tab, 'You can close this tab.');
  assert.equal(scripts, 2, 'the second page was held');
});

test('with no other tab left, the new tab goes on itself', async (s) => {
  const anna = await s.person();
  const waiting = await anna.askAt(s.notes);
  const { link } = await anna.mail();
  await waiting.close();
  await seesSignedIn(await anna.open(link), s.notes, anna.email);
});

test('in another browser a button signs in there; the first finishes by code; then the link is used up', async (s) => {
  const anna = await s.person();
  const waiting = await anna.askAt(s.notes);
  const { link, code, number } = await anna.mail();

  const phone = await s.elsewhere(anna);
  const page = await phone.open(link);
  await seesTitle(page, 'Sign in on this device?');
  await sees(page, number, /Chrome on Linux/, 'type the six-digit code from the mail on that screen');
  assert.ok(!(await page.content()).includes(anna.email), 'a stranger does not read the whole address');
  await s.reads();
  await page.getByRole('button', { name: 'Sign in on this device instead' }).click();
  await seesTitle(page, 'You are signed in');
  await sees(page, 'To finish there, type the six-digit code from the mail.');
  await stays(page); // until it is read
  await page.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(page, s.notes, anna.email);

  await seesTitle(waiting, 'Check your mail');
  await anna.typeCode(waiting, code);
  await seesSignedIn(waiting, s.notes, anna.email);

  const stranger = await s.person('ben');
  await seesTitle(await stranger.open(link), 'This link was used already');
});

test('what mail scanners do, opening the link and pressing its button by script, changes nothing', async (s) => {
  const anna = await s.person();
  const waiting = await anna.askAt(s.notes);
  const { link } = await anna.mail();
  for (const method of ['HEAD', 'GET', 'GET', 'GET', 'GET', 'GET']) {
    const answer = await fetch(link, { method, redirect: 'manual' });
    assert.equal(answer.status, 200);
  }
  const scanner = await s.person('scanner');
  const opened = await scanner.open(link);
  await seesTitle(opened, 'Sign in on this device?');
  await Promise.all([
    opened.waitForEvent('domcontentloaded'),
    opened.evaluate(() => document.querySelector('form').requestSubmit()), // nobody touched anything
  ]);
  await seesTitle(opened, 'Sign in on this device?');

  const tab = await anna.open(link);
  await seesSignedIn(waiting, s.notes, anna.email);
  await sees(tab, 'You can close this tab.');
});

test('an expired link leads on to a new one', async (s) => {
  const anna = await s.person();
  await anna.askAt(s.notes);
  const { link } = await anna.mail();
  await s.advance('11m');
  const page = await anna.open(link);
  await seesTitle(page, 'This link has expired');
  await page.getByRole('link', { name: 'Send a new one' }).click();
  await anna.giveAddress(page);
  await anna.open((await anna.mail()).link);
  await seesSignedIn(page, s.notes, anna.email);
});

test('an expired link in another browser leads on to the application', async (s) => {
  const anna = await s.person();
  await anna.askAt(s.notes);
  const { link } = await anna.mail();
  await s.advance('11m');
  const phone = await s.elsewhere(anna);
  const page = await phone.open(link);
  await seesTitle(page, 'This link has expired');
  await page.getByRole('link', { name: 'Go to Notes demo' }).click();
  await seesTitle(page, 'Sign in');
});

test('used again in the browser that is signed in, the link says so and leads on; after signing out, too', async (s) => {
  const anna = await s.person();
  const waiting = await anna.askAt(s.notes);
  const { link } = await anna.mail();
  await anna.open(link);
  await seesSignedIn(waiting, s.notes, anna.email);

  const again = await anna.open(link);
  await seesTitle(again, 'You are signed in');
  await stays(again);
  await again.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(again, s.notes, anna.email);

  await waiting.getByRole('button', { name: 'Sign out' }).click();
  await seesTitle(waiting, 'You are signed out');
  const page = await anna.open(link);
  await seesTitle(page, 'This link was used already');
  await page.getByRole('link', { name: 'Send a new one' }).click();
  await seesTitle(page, 'Sign in');
});

test('for another address than the one signed in, the link asks before it switches', async (s) => {
  const anna = await s.person();
  const page = await anna.signInAt(s.notes);
  await page.getByRole('link', { name: 'Ask again' }).click();
  await anna.giveAddress(page, 'work.' + anna.email);
  const { link } = await s.mailbox.next('work.' + anna.email);
  const tab = await anna.open(link);
  await seesTitle(tab, 'Switch account?');
  await sees(tab, anna.email);
  await tab.getByRole('button', { name: 'Switch to work.' + anna.email }).click();
  await seesSignedIn(page, s.notes, 'work.' + anna.email);
});

test('a link that was cut short does not exist', async (s) => {
  const anna = await s.person();
  await anna.askAt(s.notes);
  const page = await anna.open((await anna.mail()).link.slice(0, -1));
  await seesTitle(page, 'This link does not exist');
  await page.getByRole('link', { name: 'Send a new one' }).click();
  await seesTitle(page, 'Sign in');
});
