// An application of somebody else is asked about; and answers by form_post.
import assert from 'node:assert/strict';
import { authorizeURL } from './lib/authorize.js';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

// answer is what the partner's page shows of the provider's answer.
async function answer(page) {
  await seesTitle(page, 'Partner');
  const names = await page.locator('dt').allInnerTexts();
  const values = await page.locator('dd').allInnerTexts();
  return { method: await page.locator('#method').innerText(), ...Object.fromEntries(names.map((name, i) => [name, values[i]])) };
}

// askForConsent signs in and stops at the question.
async function askForConsent(s, anna, params) {
  const page = await anna.open(authorizeURL(s, params));
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesTitle(page, 'Allow Partner?');
  return page;
}

test('the question names person, application, where it leads and what it gives', async (s) => {
  const anna = await s.person();
  const page = await askForConsent(s, anna);
  await sees(page, anna.email, new URL(s.partner.url).host, 'See your e-mail address', 'See your name and language');
});

test('a no goes to the application as an error, and is not remembered', async (s) => {
  const anna = await s.person();
  const page = await askForConsent(s, anna, { state: 'the-state' });
  await page.getByRole('button', { name: 'Do not allow' }).click();
  const got = await answer(page);
  assert.equal(got.error, 'access_denied');
  assert.equal(got.state, 'the-state');
  assert.equal(got.iss, s.issuer);
  assert.equal(got.code, undefined);
  await page.goto(authorizeURL(s));
  await seesTitle(page, 'Allow Partner?');
});

test('a yes goes to the application as a code, and is asked for once', async (s) => {
  const anna = await s.person();
  const page = await askForConsent(s, anna, { state: 'the-state' });
  await page.getByRole('button', { name: 'Allow' , exact: true }).click();
  const got = await answer(page);
  assert.equal(got.method, 'GET');
  assert.equal(got.state, 'the-state');
  assert.ok(got.code);

  await page.goto(authorizeURL(s, { state: 'again' }));
  assert.equal((await answer(page)).state, 'again', 'the second time nobody is asked');

  await page.goto(authorizeURL(s, { scope: 'openid email profile offline_access' }));
  await seesTitle(page, 'Allow Partner?'); // more than was allowed
  await sees(page, 'Stay connected when you are not here');
});

test('response_mode=form_post posts the answer', async (s) => {
  const anna = await s.person();
  const page = await askForConsent(s, anna, { response_mode: 'form_post', state: 'the-state' });
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  const got = await answer(page);
  assert.equal(got.method, 'POST');
  assert.equal(got.state, 'the-state');
  assert.equal(got.iss, s.issuer);
  assert.ok(got.code);
  assert.ok(!page.url().includes('code'), 'nothing of it is in the address');
});

test('response_mode=form_post without script takes a press', async (s) => {
  const anna = await s.person('anna', { javaScriptEnabled: false });
  const page = await anna.open(authorizeURL(s, { response_mode: 'form_post', prompt: 'none' }));
  await seesTitle(page, 'One moment');
  await page.getByRole('button', { name: 'Continue' }).click();
  const got = await answer(page);
  assert.equal(got.method, 'POST');
  assert.equal(got.error, 'login_required');
});
