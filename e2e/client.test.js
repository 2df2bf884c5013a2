// A client library of somebody else (openid-client) uses the provider; a browser
// does what the person does.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { suite } from './lib/scenario.js';
import { seesTitle } from './lib/see.js';

const test = suite();

function discover(s) {
  return oidc.discovery(new URL(s.issuer), s.partner.clientID, undefined, oidc.ClientSecretBasic(s.partner.clientSecret), {
    execute: [oidc.allowInsecureRequests],
  });
}

// signIn walks one authorization through the browser and redeems its code.
async function signIn(s, config, anna) {
  const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: s.partner.url + '/callback', scope: 'openid email profile offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
    state: checks.expectedState, nonce: checks.expectedNonce, login_hint: anna.email,
  });
  const page = await anna.open(url.href);
  assert.equal(await page.getByLabel('Your e-mail address').inputValue(), anna.email, 'the hint is filled in');
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await seesTitle(page, 'Partner');
  return oidc.authorizationCodeGrant(config, new URL(page.url()), { ...checks, idTokenExpected: true });
}

const refused = (code) => (e) => e.error === code;

test('discovery names what is served', async (s) => {
  const config = await discover(s);
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, s.issuer);
  assert.ok(metadata.supportsPKCE());
  for (const name of ['jwks_uri', 'userinfo_endpoint', 'introspection_endpoint', 'revocation_endpoint', 'end_session_endpoint']) {
    assert.ok(metadata[name].startsWith(s.issuer + '/'), name);
  }
});

test('code flow with PKCE, userinfo, introspection', async (s) => {
  const config = await discover(s);
  const anna = await s.person();
  const tokens = await signIn(s, config, anna);
  const claims = tokens.claims();
  assert.equal(claims.iss, s.issuer);
  assert.deepEqual([claims.aud].flat(), [s.partner.clientID]);
  assert.equal(claims.email, anna.email);
  assert.equal(claims.email_verified, true);
  assert.equal(tokens.token_type, 'bearer');

  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.email, anna.email);

  const state = await oidc.tokenIntrospection(config, tokens.access_token);
  assert.equal(state.active, true);
  assert.equal(state.sub, claims.sub);
  assert.equal(state.client_id, s.partner.clientID);
});

test('refreshing goes on as the same person', async (s) => {
  const config = await discover(s);
  const tokens = await signIn(s, config, await s.person());
  const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(renewed.access_token, tokens.access_token);
  assert.equal((await oidc.fetchUserInfo(config, renewed.access_token, tokens.claims().sub)).sub, tokens.claims().sub);
});

test('what is revoked is over', async (s) => {
  const config = await discover(s);
  const tokens = await signIn(s, config, await s.person());
  await oidc.tokenRevocation(config, tokens.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), refused('invalid_grant'));
});

test('an access token ends after its ten minutes', async (s) => {
  const config = await discover(s);
  const tokens = await signIn(s, config, await s.person());
  assert.equal(tokens.expires_in, 600);
  await s.advance('11m');
  assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck), { name: 'WWWAuthenticateChallengeError' });
});
