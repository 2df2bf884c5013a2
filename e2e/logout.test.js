// An application that hears of sign-outs in the browser hears of them, and the
// person goes on afterwards.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

// signedIn signs a person in at the partner, who is a client of somebody else's
// library, and returns the page, what the partner knows, and every address of the
// partner that the page asks for from then on.
async function signedIn(s, anna, scripted = true) {
  const config = await oidc.discovery(new URL(s.issuer), s.partner.clientID, undefined, oidc.ClientSecretBasic(s.partner.clientSecret), {
    execute: [oidc.allowInsecureRequests],
  });
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const page = await anna.open(oidc.buildAuthorizationUrl(config, {
    redirect_uri: s.partner.url + '/callback', scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
  }).href);
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  if (!scripted) await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await seesTitle(page, 'Partner');
  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), { pkceCodeVerifier, idTokenExpected: true });
  const asked = [];
  page.on('request', (r) => { if (r.url().startsWith(s.partner.url)) asked.push(new URL(r.url())); });
  const end = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: s.partner.url + '/elsewhere', state: 'back' });
  return { page, asked, end: end.href, sid: tokens.claims().sid };
}

// heard is what the partner must have been told.
function heard(s, url, sid) {
  assert.equal(url.pathname, '/out');
  assert.equal(url.searchParams.get('iss'), s.issuer);
  assert.equal(url.searchParams.get('sid'), sid);
}

for (const scripted of [true, false]) {
  test(`signing out at an application tells it in a frame, then goes on, ${scripted ? 'with' : 'without'} script`, async (s) => {
    const anna = await s.person('anna', { javaScriptEnabled: scripted });
    const { page, asked, end, sid } = await signedIn(s, anna, scripted);
    await page.goto(end);
    if (!scripted) await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(s.partner.url + '/elsewhere?state=back');
    assert.deepEqual(asked.map((u) => u.pathname), ['/out', '/elsewhere']);
    heard(s, asked[0], sid);
  });
}

test('signing out at the account page tells the application too, and stays', async (s) => {
  const anna = await s.person();
  const { page, asked, sid } = await signedIn(s, anna);
  await page.goto(s.issuer + '/account');
  await page.getByRole('button', { name: 'Sign out of this browser' }).click();
  await seesTitle(page, 'You are signed out');
  await page.waitForLoadState('load');
  await sees(page, 'Sign in again');
  assert.equal(asked.length, 1);
  heard(s, asked[0], sid);
  await page.reload();
  await seesTitle(page, 'You are signed out');
  assert.equal(asked.length, 1, 'told once');
});
