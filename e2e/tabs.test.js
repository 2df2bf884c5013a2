// Back, reload and several tabs: what people do to pages that expect one way.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle, stays } from './lib/see.js';

const test = suite();

test('back after signing in shows something true, and there is a way on', async (s) => {
  const anna = await s.person();
  const page = await anna.signInAt(s.notes);
  await page.goBack();
  assert.ok(page.url().startsWith(s.issuer), page.url());
  await seesTitle(page, 'You are signed in');
  await stays(page);
  await page.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(page, s.notes, anna.email);
});

test('back after signing in by link, likewise', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  await anna.open((await anna.mail()).link);
  await seesSignedIn(page, s.notes, anna.email);
  await page.goBack();
  await seesTitle(page, 'You are signed in');
  await stays(page);
  await page.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(page, s.notes, anna.email);
});

test('back to the page that refused a code is a page of ours', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  await anna.tryCode(page, code === '000000' ? '000001' : '000000');
  await sees(page, '2 tries left');
  await anna.typeCode(page, code);
  await seesSignedIn(page, s.notes, anna.email);
  await page.goBack(); // fails where the browser would ask to send the form again
  await seesTitle(page, 'You are signed in');
});

test('reloading the page that refused a code costs no try', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  await anna.tryCode(page, code === '000000' ? '000001' : '000000');
  await sees(page, '2 tries left');
  await page.reload();
  await seesTitle(page, 'Check your mail');
  await anna.tryCode(page, code === '000000' ? '000001' : '000000');
  await sees(page, '1 try left');
});

test('back after signing out shows nothing of the account', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await anna.open(s.issuer + '/account');
  await page.getByRole('button', { name: 'Sign out of this browser' }).click();
  await seesTitle(page, 'You are signed out');
  await page.goBack();
  await seesTitle(page, 'Sign in');
  await page.goForward();
  await seesTitle(page, 'You are signed out');
});

test('forward after back is the application again', async (s) => {
  const anna = await s.person();
  const page = await anna.signInAt(s.notes);
  await page.goBack();
  await page.goForward();
  await seesSignedIn(page, s.notes, anna.email);
});

test('the waiting page survives a reload', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code, number } = await anna.mail();
  await page.reload();
  await seesTitle(page, 'Check your mail');
  await sees(page, anna.email, number, 'The mail server took the mail');
  assert.equal(await s.mailbox.count(anna.email), 1, 'a reload sends nothing');
  await anna.typeCode(page, code);
  await seesSignedIn(page, s.notes, anna.email);
});

test('another address is one press away', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  await page.getByRole('link', { name: 'Use another address' }).click();
  await seesTitle(page, 'Sign in');
  await anna.giveAddress(page, 'other.' + anna.email);
  await anna.typeCode(page, (await s.mailbox.next('other.' + anna.email)).code);
  await seesSignedIn(page, s.notes, 'other.' + anna.email);
});

test('two tabs sign in at once, and both arrive', async (s) => {
  const anna = await s.person();
  const first = await anna.askAt(s.notes);
  const one = await anna.mail();
  const second = await anna.askAt(s.tasks);
  const two = await anna.mail();
  await anna.typeCode(first, one.code);
  await seesSignedIn(first, s.notes, anna.email);
  await seesTitle(second, 'Check your mail');
  await anna.typeCode(second, two.code);
  await seesSignedIn(second, s.tasks, anna.email);
});

test('the code of one tab does not fit the other', async (s) => {
  const anna = await s.person();
  const first = await anna.askAt(s.notes);
  await anna.mail();
  await anna.askAt(s.tasks);
  const two = await anna.mail();
  await anna.typeCode(first, two.code);
  await sees(first, '2 tries left');
});

test('a waiting page that is open twice goes on once', async (s) => {
  const anna = await s.person();
  const first = await anna.askAt(s.notes);
  const second = await anna.open(first.url());
  const { code } = await anna.mail();
  await anna.typeCode(first, code);
  await seesSignedIn(first, s.notes, anna.email);
  await seesTitle(second, 'You are signed in');
});

test('a sign-in that took too long leads back to the application', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  await s.advance('31m');
  await page.reload();
  await seesTitle(page, 'This sign-in took too long');
  await s.advance('5m');
  await page.getByRole('link', { name: 'Send a new one' }).click();
  await seesTitle(page, 'This sign-in took too long');
  await page.getByRole('link', { name: 'Back to Notes demo' }).click();
  await seesTitle(page, 'Sign in');
});

test('a sign-in of another browser is not continued', async (s) => {
  const anna = await s.person();
  const form = await anna.startAt(s.notes);
  const ben = await s.person('ben');
  const page = await ben.open(form.url());
  await seesTitle(page, 'This sign-in was started elsewhere');
  await page.getByRole('link', { name: 'Back to Notes demo' }).click();
  await seesTitle(page, 'Sign in');

  const waiting = await anna.giveAddress(form);
  await seesTitle(await ben.open(waiting.url()), 'This sign-in was started elsewhere');
});

test('a browser that keeps nothing signs in all the same', async (s) => {
  const anna = await s.person();
  await anna.context.addInitScript(() => {
    for (const area of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, area, { get() { throw new DOMException('no', 'SecurityError'); } });
    }
    if (navigator.locks) navigator.locks.request = () => Promise.reject(new DOMException('no', 'SecurityError'));
  });
  const page = await anna.askAt(s.notes);
  const tab = await anna.open((await anna.mail()).link);
  await seesSignedIn(tab, s.notes, anna.email);
  await seesTitle(page, 'You are signed in'); // and does not go on a second time
  await stays(page);
  await page.getByRole('link', { name: 'Continue to Notes demo' }).click();
  await seesSignedIn(page, s.notes, anna.email);
});

test('a browser of long ago signs in by code', async (s) => {
  const anna = await s.person();
  await anna.context.addInitScript(() => {
    for (const name of ['fetch', 'BroadcastChannel', 'Intl']) delete window[name];
    delete HTMLFormElement.prototype.requestSubmit;
    delete Navigator.prototype.locks;
  });
  const page = await anna.askAt(s.notes);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesSignedIn(page, s.notes, anna.email);
});
