// DPoP (RFC 9449): tokens are bound to a key of the application, and of no use to
// whoever copies them.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { bySecret, clientOf, listen, refused, walk } from './lib/foreign.js';
import { suite } from './lib/scenario.js';

const test = suite();

const handle = async (config, alg) => oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg));
const unproven = (e) => e.cause?.some?.((c) => ['invalid_dpop_proof', 'invalid_token', 'use_dpop_nonce'].includes(c.parameters.error)) ?? false;

test('tokens, userinfo and refreshing, all with the key', async (s) => {
  const config = await clientOf(s, 'front', bySecret(s));
  const DPoP = await handle(config);
  const tokens = await walk(s, config, await s.person(), { DPoP });
  assert.equal(tokens.token_type, 'dpop');
  const { sub } = tokens.claims();
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).sub, sub);
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(next.token_type, 'dpop');
  assert.equal((await oidc.fetchUserInfo(config, next.access_token, sub, { DPoP })).sub, sub);
  const state = await oidc.tokenIntrospection(config, next.access_token);
  assert.equal(state.cnf.jkt, await DPoP.calculateThumbprint());
});

test('without the key, or with another, an access token is of no use', async (s) => {
  const config = await clientOf(s, 'front', bySecret(s));
  const DPoP = await handle(config);
  const tokens = await walk(s, config, await s.person(), { DPoP });
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck), unproven);
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck, { DPoP: await handle(config) }), unproven);
});

test('numbers of the server: the library fetches one and goes on; a refresh token of a public client is bound too', async (s) => {
  const config = await clientOf(s, 'bound');
  const answers = listen(config);
  const DPoP = await handle(config, 'ES256');
  const tokens = await walk(s, config, await s.person(), { DPoP });
  assert.deepEqual(answers.filter((a) => a.path === '/oauth/token').map((a) => a.status), [400, 200], 'asked for a number, then taken');
  assert.ok(answers[0].nonce, 'the refusal brings the number');

  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: await handle(config) }), refused('invalid_grant', 'invalid_dpop_proof'));
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const { sub } = tokens.claims();
  assert.equal((await oidc.fetchUserInfo(config, next.access_token, sub, { DPoP })).sub, sub);
});

test('who must bind tokens gets none without a key', async (s) => {
  const config = await clientOf(s, 'bound');
  await assert.rejects(walk(s, config, await s.person()), refused('invalid_dpop_proof', 'invalid_request'));
});

// The library calls EdDSA by its newer name (RFC 9864).
test('every algorithm that both know', async (s) => {
  const config = await clientOf(s, 'machine', bySecret(s));
  const algorithms = config.serverMetadata().dpop_signing_alg_values_supported;
  for (const alg of ['ES256', 'PS256', 'Ed25519']) {
    assert.ok(algorithms.includes(alg));
    const tokens = await oidc.clientCredentialsGrant(config, undefined, { DPoP: await handle(config, alg) });
    assert.equal(tokens.token_type, 'dpop', alg);
  }
});
