// private_key_jwt: an application proves itself by its key, which stands in its
// registration or is published by itself.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { byKey, clientOf, refused, walk } from './lib/foreign.js';
import { suite } from './lib/scenario.js';
import { newKey } from './lib/server.js';

const test = suite();
const es256 = { id_token_signed_response_alg: 'ES256' };

test('a key of the registration', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), { ...es256, userinfo_signed_response_alg: 'ES256' });
  const tokens = await walk(s, config, await s.person());
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, next.access_token)).client_id, 'signer');
  await oidc.tokenRevocation(config, next.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, next.access_token)).active, false);
});

test('another key, or another application, is refused', async (s) => {
  const tokens = await walk(s, await clientOf(s, 'signer', byKey(s.world.key), es256), await s.person());
  const forger = await clientOf(s, 'signer', byKey(await newKey(s.world.key.kid)));
  await assert.rejects(oidc.refreshTokenGrant(forger, tokens.refresh_token), refused('invalid_client'));
  const other = await clientOf(s, 'publisher', byKey(s.world.key));
  await assert.rejects(oidc.refreshTokenGrant(other, tokens.refresh_token), refused('invalid_grant'));
});

test('a key that the application publishes, and its next one', async (s) => {
  let config = await clientOf(s, 'publisher', byKey(s.world.key));
  const tokens = await walk(s, config, await s.person());
  const next = await newKey('next', 'Ed25519');
  let later = await clientOf(s, 'publisher', byKey(next));
  await assert.rejects(oidc.tokenIntrospection(later, tokens.access_token), refused('invalid_client'), 'it is not published yet');
  await s.world.publish(s.world.key, next);
  await s.world.advance('61s'); // a key that is not there is looked for once a minute
  const ahead = { [oidc.clockSkew]: 61 };
  [config, later] = [await clientOf(s, 'publisher', byKey(s.world.key), ahead), await clientOf(s, 'publisher', byKey(next), ahead)];
  assert.equal((await oidc.tokenIntrospection(later, tokens.access_token)).active, true);
  assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, true, 'the first key is still published');
});
