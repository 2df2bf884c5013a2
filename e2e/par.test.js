// Pushed authorization requests (RFC 9126): the library sends the request to the
// provider by itself, and the browser carries its number alone.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { attempt, byKey, bySecret, clientOf, refused, signIn } from './lib/foreign.js';
import { suite } from './lib/scenario.js';
import { seesTitle } from './lib/see.js';

const test = suite();

test('a pushed request signs in, and the browser sees nothing of it', async (s) => {
  const config = await clientOf(s, 'front', bySecret(s));
  const { checks, parameters } = await attempt(s);
  const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters);
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const anna = await s.person();
  const page = await signIn(anna, url);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
  assert.equal(tokens.claims().email, anna.email);

  await page.goto(url.href);
  assert.equal(new URL(page.url()).searchParams.get('error'), 'invalid_request_uri', 'its number is spent');
});

test('what is wrong with a request is said where it is pushed, not to the person', async (s) => {
  const config = await clientOf(s, 'front', bySecret(s));
  const { parameters } = await attempt(s, { redirect_uri: s.partner.url + '/callbak' });
  await assert.rejects(oidc.buildAuthorizationUrlWithPAR(config, parameters), refused('invalid_request', 'invalid_redirect_uri'));
  const stranger = await clientOf(s, 'front', oidc.ClientSecretBasic('not the secret of the front'));
  await assert.rejects(oidc.buildAuthorizationUrlWithPAR(stranger, (await attempt(s)).parameters), refused('invalid_client'));
});

test('the FAPI 2.0 Security Profile, and a signed answer: pushed, proved by key, bound to another', async (s) => {
  const config = await clientOf(s, 'fapi', byKey(s.world.key), { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' });
  oidc.useJwtResponseMode(config);
  oidc.enableNonRepudiationChecks(config);
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
  const { checks, parameters } = await attempt(s);
  const page = await signIn(await s.person(), await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP }));
  assert.deepEqual([...new URL(page.url()).searchParams.keys()], ['response']);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks, undefined, { DPoP });
  assert.equal(tokens.token_type, 'dpop');
  const { sub } = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP });
  assert.equal(sub, tokens.claims().sub);
});

test('who must push is told so', async (s) => {
  const config = await clientOf(s, 'fapi', byKey(s.world.key));
  const { parameters } = await attempt(s);
  const page = await (await s.person()).open(oidc.buildAuthorizationUrl(config, parameters).href);
  await seesTitle(page, 'Partner');
  assert.equal(new URL(page.url()).searchParams.get('error'), 'invalid_request');
});
