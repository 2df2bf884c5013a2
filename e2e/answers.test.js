// The ways back to an application: by a form, signed (JARM), and what userinfo and
// introspection say, signed.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { attempt, byKey, bySecret, clientOf, listen, signIn, walk } from './lib/foreign.js';
import { suite } from './lib/scenario.js';

const test = suite();
const signed = { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' };

// posted signs in where the answer comes by a form, and is that form's request.
async function posted(s, anna, url) {
  let post;
  anna.context.on('request', (r) => { if (r.method() === 'POST' && r.url() === s.partner.url + '/callback') post = r; });
  const page = await signIn(anna, url);
  assert.equal(new URL(page.url()).search, '', 'the address shows nothing');
  return new Request(post.url(), { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: post.postData() });
}

test('form_post', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), signed);
  const { checks, parameters } = await attempt(s, { response_mode: 'form_post' });
  const answer = await posted(s, await s.person(), oidc.buildAuthorizationUrl(config, parameters));
  const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
  assert.deepEqual([tokens.claims().aud].flat(), ['signer']);
});

for (const mode of ['jwt', 'query.jwt']) {
  test(`a signed answer: ${mode}`, async (s) => {
    const config = await clientOf(s, 'signer', byKey(s.world.key), signed);
    oidc.useJwtResponseMode(config);
    const { checks, parameters } = await attempt(s, { response_mode: mode });
    const url = oidc.buildAuthorizationUrl(config, parameters);
    url.searchParams.set('response_mode', mode); // the library says jwt for all of them
    const page = await signIn(await s.person(), url);
    const back = new URL(page.url());
    assert.deepEqual([...back.searchParams.keys()], ['response']);
    const forged = new URL(back);
    const [head, claims, signature] = back.searchParams.get('response').split('.');
    forged.searchParams.set('response', [head, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.'));
    await assert.rejects(oidc.authorizationCodeGrant(config, forged, checks), (e) => /signature/i.test(e.cause?.message ?? e.message + e.cause));
    await oidc.authorizationCodeGrant(config, back, checks);
  });
}

test('a signed answer by a form: form_post.jwt', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), signed);
  oidc.useJwtResponseMode(config);
  const { checks, parameters } = await attempt(s);
  const url = oidc.buildAuthorizationUrl(config, parameters);
  url.searchParams.set('response_mode', 'form_post.jwt');
  await oidc.authorizationCodeGrant(config, await posted(s, await s.person(), url), checks);
});

test('no is an answer too, and signed', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), signed);
  oidc.useJwtResponseMode(config);
  const { checks, parameters } = await attempt(s, { prompt: 'none' });
  const page = await (await s.person()).open(oidc.buildAuthorizationUrl(config, parameters).href);
  await assert.rejects(oidc.authorizationCodeGrant(config, new URL(page.url()), checks), (e) => (e.error ?? e.cause?.get?.('error')) === 'login_required');
});

test('ID tokens in every algorithm', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes); // for all of them
  for (const [id, alg] of [['front', 'RS256'], ['signer', 'ES256'], ['eddsa', 'EdDSA'], ['ps256', 'PS256']]) {
    const config = await clientOf(s, id, id === 'signer' ? byKey(s.world.key) : bySecret(s), { id_token_signed_response_alg: alg });
    oidc.enableNonRepudiationChecks(config); // the library looks at the signature
    const { checks, parameters } = await attempt(s);
    const page = await anna.open(oidc.buildAuthorizationUrl(config, parameters).href);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
    assert.equal(JSON.parse(Buffer.from(tokens.id_token.split('.')[0], 'base64url')).alg, alg);
    assert.equal(tokens.claims().email, anna.email);
  }
});

test('userinfo and introspection, signed', async (s) => {
  const config = await clientOf(s, 'signer', byKey(s.world.key), { ...signed, introspection_signed_response_alg: 'ES256' });
  oidc.enableNonRepudiationChecks(config); // the library looks at every signature
  const answers = listen(config);
  const anna = await s.person();
  const tokens = await walk(s, config, anna);
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, anna.email);
  assert.match(answers.find((a) => a.path.endsWith('/userinfo')).type, /^application\/jwt/);
  assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, true);
  assert.match(answers.find((a) => a.path.endsWith('/introspect')).type, /^application\/token-introspection\+jwt/);
});
