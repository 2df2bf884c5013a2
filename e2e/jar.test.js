// Signed authorization requests (JAR, RFC 9101): what the browser carries cannot be
// changed on the way.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { attempt, byKey, clientOf, refused, signIn } from './lib/foreign.js';
import { suite } from './lib/scenario.js';
import { newKey } from './lib/server.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();
const es256 = { id_token_signed_response_alg: 'ES256' };

test('a signed request signs in', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), es256);
  const { checks, parameters } = await attempt(s);
  const url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, s.world.key);
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request']);
  const page = await signIn(await s.person(), url);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
  assert.deepEqual([tokens.claims().aud].flat(), ['signer']);
});

test('what stands beside it does not count', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), es256);
  const { checks, parameters } = await attempt(s);
  const url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, s.world.key);
  url.searchParams.set('state', 'of somebody else');
  url.searchParams.set('nonce', 'of somebody else');
  const page = await signIn(await s.person(), url);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
  assert.equal(tokens.claims().nonce, checks.expectedNonce);
});

test('signed and pushed', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), es256);
  const { checks, parameters } = await attempt(s);
  const { searchParams } = await oidc.buildAuthorizationUrlWithJAR(config, parameters, s.world.key);
  const page = await signIn(await s.person(), await oidc.buildAuthorizationUrlWithPAR(config, searchParams));
  await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
});

test('signed with another key, it is refused', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key));
  const forged = await newKey(s.world.key.kid);
  const url = await oidc.buildAuthorizationUrlWithJAR(config, (await attempt(s)).parameters, forged);
  await assert.rejects(oidc.buildAuthorizationUrlWithPAR(config, url.searchParams), refused('invalid_request_object'));
  const page = await (await s.person()).open(url.href);
  await seesTitle(page, "The application's request cannot be read");
  await sees(page, 'invalid_request_object');
});
