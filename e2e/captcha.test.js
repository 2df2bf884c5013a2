// A provider's test in place of the work, while very many mails are asked for.
import assert from 'node:assert/strict';
import { everybodyCanUse } from './lib/accessible.js';
import { blocked, open, pass, providers, silent } from './lib/captcha.js';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle, stays } from './lib/see.js';

// pressure is one mail to a stranger: this world has no more than that.
async function pressure(s) {
  const form = await fetch(s.issuer + '/login');
  const cookie = form.headers.get('set-cookie').split(';')[0];
  const body = new URLSearchParams({ flow: '', email: 'stranger@example.com' });
  await fetch(s.issuer + '/login', { method: 'POST', headers: { cookie }, body, redirect: 'manual' });
}

// asks is a person who asks for a mail under pressure, and the page that comes.
// prepare says how the provider answers in their browser.
async function asks(s, prepare, options) {
  await pressure(s);
  const anna = await s.person('anna', options);
  await prepare?.(anna);
  const page = await anna.startAt(s.notes);
  await page.getByLabel('Your e-mail address').fill(anna.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await seesTitle(page, 'One moment');
  return { anna, page };
}

// slow is a browser that computes no hash before computes(page).
const slow = (person) => person.context.addInitScript(() => {
  if (!crypto.subtle) return; // an empty page
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  const begun = new Promise((begin) => { window.computes = begin; });
  crypto.subtle.digest = (...what) => begun.then(() => digest(...what));
});
const computes = (page) => page.evaluate(() => window.computes());

// saysWhy waits until the browser works in place of the test, and has said so.
async function saysWhy(page) {
  await sees(page, 'To keep machines out, your browser works for some seconds', 'Working…');
  assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0, 'nothing is left to press');
}

const goOn = (page) => page.getByRole('button', { name: 'Continue' }).click();

// finish is the rest of the sign-in.
async function finish(s, anna, page) {
  await seesTitle(page, 'Check your mail');
  await anna.typeCode(page, (await anna.mail()).code);
  await seesSignedIn(page, s.notes, anna.email);
}

for (const provider of providers) {
  const { name } = provider;
  const test = suite({ captcha: name, expected: provider.hosts });

  test(`${name}: whoever passes its test gets the mail and signs in`, async (s) => {
    const { anna, page } = await asks(s, (anna) => open(anna, provider));
    await sees(page, 'Pass this test to show that you are no machine');
    await pass(page, provider);
    await stays(page); // the browser does not work as well, and nothing goes on by itself
    assert.equal(await s.mailbox.count(anna.email), 0);
    await goOn(page);
    await finish(s, anna, page);
  });

  test(`${name}: a token that it does not know brings no mail, and the page says so`, async (s) => {
    const { anna, page } = await asks(s, (anna) => open(anna, provider, { honest: false }));
    await pass(page, provider);
    await goOn(page);
    await sees(page, 'The test was not passed');
    assert.equal(await s.mailbox.count(anna.email), 0);
  });

  test(`${name}: where its script is blocked, the browser works and the sign-in goes on`, async (s) => {
    const { anna, page } = await asks(s, (anna) => Promise.all([blocked(anna, provider), slow(anna)]));
    await saysWhy(page);
    await computes(page);
    await finish(s, anna, page);
  });

  test(`${name}: where its script never comes, the browser works after ten seconds`, async (s) => {
    const { anna, page } = await asks(s, (anna) => Promise.all([silent(anna, provider), slow(anna), anna.context.clock.install()]));
    await sees(page, 'Pass this test');
    await page.clock.fastForward(10_000);
    await saysWhy(page);
    await computes(page);
    await finish(s, anna, page);
  });

  test(`${name}: whoever cannot take its test lets the browser work`, async (s) => {
    const { anna, page } = await asks(s, (anna) => Promise.all([open(anna, provider), slow(anna)]));
    await sees(page, 'Pass this test');
    await page.getByRole('button', { name: 'Let this browser work for it instead' }).click();
    await saysWhy(page);
    await computes(page);
    await finish(s, anna, page);
  });

  test(`${name}: its test is enough for a browser that could not work`, async (s) => {
    const unable = (anna) => anna.context.addInitScript(() => Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined }));
    const { anna, page } = await asks(s, (anna) => Promise.all([open(anna, provider), unable(anna)]));
    await pass(page, provider);
    assert.equal(await page.locator('#work-status').textContent(), '');
    await goOn(page);
    await finish(s, anna, page);
  });

  test(`${name}: without JavaScript the page says what helps`, async (s) => {
    const { page } = await asks(s, undefined, { javaScriptEnabled: false });
    assert.match(await page.locator('main').innerText(), /This needs JavaScript\. Without it, try again in an hour/);
    assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0, 'no button leads anywhere');
  });

  everybodyCanUse(test, {
    [name]: async (s) => {
      const { page } = await asks(s, (anna) => open(anna, provider));
      await pass(page, provider);
      return page;
    },
  });
}
