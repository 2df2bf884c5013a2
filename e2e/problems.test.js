// Requests that cannot be answered: the page says why, to people and to those
// who set the application up.
import assert from 'node:assert/strict';
import { authorizeURL } from './lib/authorize.js';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

// problem opens an address and checks that it is a page of our own with a number
// for the operator.
async function problem(s, url, status, title) {
  const anna = await s.person();
  const page = await anna.context.newPage();
  const answer = await page.goto(url);
  assert.equal(answer.status(), status);
  await seesTitle(page, title);
  await sees(page, /Request [A-Z2-7]{12}/);
  assert.ok(page.url().startsWith(s.issuer), 'the browser is not sent anywhere');
  assert.equal(await page.getByRole('link').count(), 1, 'there is one way on');
  return page;
}

test('a redirect_uri that is not registered is shown beside the nearest that is', async (s) => {
  const sent = s.partner.url + '/callbak';
  const page = await problem(s, authorizeURL(s, { redirect_uri: sent }), 400, 'The way back does not match');
  const facts = await page.locator('dl.facts').innerText();
  assert.ok(facts.includes(sent), facts);
  assert.ok(facts.includes(s.partner.url + '/callback'), facts);
});

test('a redirect_uri that is missing', async (s) => {
  const page = await problem(s, authorizeURL(s, { redirect_uri: null }), 400, 'The way back does not match');
  await sees(page, 'The request has no redirect_uri.', '(none)');
});

test('an unknown client', async (s) => {
  const page = await problem(s, authorizeURL(s, { client_id: 'nobody' }), 400, 'This application is not known here');
  await sees(page, 'nobody');
  await page.getByRole('link', { name: 'Go to your account' }).click();
  await seesTitle(page, 'Sign in');
});

test('no client_id', async (s) => {
  await problem(s, authorizeURL(s, { client_id: null }), 400, 'The application did not say who it is');
});

test('a page that is not there', async (s) => {
  await problem(s, s.issuer + '/nothing/here', 404, 'There is nothing here');
});

test('a way out that is not registered', async (s) => {
  const page = await problem(s, s.issuer + '/end_session?client_id=notes&post_logout_redirect_uri=http://localhost:1/', 400,
    'Signing out did not work like this');
  await sees(page, s.notes.url + '/signed-out');
});
