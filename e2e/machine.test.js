// Applications that act for themselves (client_credentials), and for people behind
// tokens that they are given (token exchange, RFC 8693).
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { bySecret, clientOf, refused, walk } from './lib/foreign.js';
import { suite } from './lib/scenario.js';

const test = suite();

test('a token for the application itself', async (s) => {
  for (const auth of [oidc.ClientSecretBasic, oidc.ClientSecretPost]) {
    const config = await clientOf(s, 'machine', auth(s.partner.clientSecret));
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'reports.read' });
    assert.equal(tokens.scope, 'reports.read');
    assert.equal(tokens.refresh_token, undefined);
    const state = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.deepEqual([state.active, state.client_id, state.scope], [true, 'machine', 'reports.read']);
    await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck), { name: 'WWWAuthenticateChallengeError' });
  }
});

test('what it may not have, it does not get', async (s) => {
  const config = await clientOf(s, 'machine', bySecret(s));
  await assert.rejects(oidc.clientCredentialsGrant(config, { scope: 'openid' }), refused('invalid_scope'));
  await assert.rejects(oidc.clientCredentialsGrant(await clientOf(s, 'front', bySecret(s))), refused('unauthorized_client'));
  await assert.rejects(oidc.clientCredentialsGrant(await clientOf(s, 'machine', oidc.ClientSecretBasic('not the secret of the machine'))), refused('invalid_client'));
});

test('it exchanges a token of a person for one of its own, with less', async (s) => {
  const front = await clientOf(s, 'front', bySecret(s));
  const theirs = await walk(s, front, await s.person(), { more: { scope: 'openid email reports.read' } });
  const config = await clientOf(s, 'machine', bySecret(s));
  const exchange = (token) => oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
    subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  });
  const tokens = await exchange(theirs.access_token);
  const state = await oidc.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([state.active, state.client_id, state.sub, state.scope], [true, 'machine', theirs.claims().sub, 'reports.read']);
  await oidc.tokenRevocation(front, theirs.access_token);
  await assert.rejects(exchange(theirs.access_token), refused('invalid_request', 'invalid_grant'));
});
