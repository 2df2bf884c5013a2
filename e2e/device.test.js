// The device grant (RFC 8628): a television shows a code, a person connects it in
// their browser.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { clientOf, refused } from './lib/foreign.js';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

// shown is a television that shows its code.
async function shown(s) {
  const config = await clientOf(s, 'tv');
  return { config, code: await oidc.initiateDeviceAuthorization(config, { scope: 'openid email offline_access' }) };
}

// poll asks once.
const poll = (config, code) => oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: code.device_code });

// typed signs in and types the code, which leads to the question.
async function typed(s, anna, code) {
  const page = await anna.open(code.verification_uri);
  await seesTitle(page, 'Connect a device');
  await page.getByLabel('Code').fill(code.user_code.toLowerCase());
  await page.getByRole('button', { name: 'Go on' }).click();
  await seesTitle(page, 'Sign in');
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesTitle(page, 'Connect Television?');
  return page;
}

test('the code, typed; the television waits and is signed in', async (s) => {
  const { config, code } = await shown(s);
  const polling = oidc.pollDeviceAuthorizationGrant(config, code); // at its own pace, from the start
  const anna = await s.person();
  const page = await typed(s, anna, code);
  assert.equal(await page.locator('#device-code').innerText(), code.user_code, 'the same code on both screens');
  await page.getByRole('button', { name: 'Connect this device' }).click();
  await seesTitle(page, 'Connected');
  const tokens = await polling;
  assert.equal(tokens.claims().email, anna.email);
  assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
  await s.advance('6s'); // its interval
  await assert.rejects(poll(config, code), refused('invalid_grant'), 'once');
});

test('an address with the code in it fills in the form, and no more', async (s) => {
  const { config, code } = await shown(s);
  const page = await (await s.person()).open(code.verification_uri_complete);
  assert.equal(await page.getByLabel('Code').inputValue(), code.user_code);
  await seesTitle(page, 'Connect a device');
  await assert.rejects(poll(config, code), refused('authorization_pending'));
  await assert.rejects(poll(config, code), refused('slow_down'), 'sooner than its interval');
});

test('not connected, the television hears no', async (s) => {
  const { config, code } = await shown(s);
  const page = await typed(s, await s.person(), code);
  await page.getByRole('button', { name: 'Do not connect' }).click();
  await seesTitle(page, 'Not connected');
  await assert.rejects(poll(config, code), refused('access_denied'));
});

test('a wrong code leads nowhere; after its time, the right one does not either', async (s) => {
  const { config, code } = await shown(s);
  const page = await (await s.person()).open(code.verification_uri);
  const type = async (text) => {
    await page.getByLabel('Code').fill(text);
    await page.getByRole('button', { name: 'Go on' }).click();
    await sees(page, "That code isn't right");
  };
  await type('BBBB-BBBB');
  await s.advance(`${code.expires_in + 1}s`);
  await type(code.user_code);
  await assert.rejects(poll(config, code), refused('expired_token'));
});
