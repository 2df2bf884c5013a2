// Applications that nobody declared: one registers itself (RFC 7591), one is known
// by the document at its client_id (Client ID Metadata Document). People are asked.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { attempt, clientOf, refused, signIn, walk } from './lib/foreign.js';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

test('an application registers itself, and the person is told so', async (s) => {
  const metadata = { client_name: 'Weather', redirect_uris: [s.partner.url + '/callback'], token_endpoint_auth_method: 'client_secret_post' };
  const options = { execute: [oidc.allowInsecureRequests] };
  await assert.rejects(oidc.dynamicClientRegistration(new URL(s.issuer), metadata, undefined, options), 'not without a token');
  const config = await oidc.dynamicClientRegistration(new URL(s.issuer), metadata, undefined, { ...options, initialAccessToken: s.world.registrationToken });
  const anna = await s.person();
  const tokens = await walk(s, config, anna, {
    allow: async (page) => {
      await seesTitle(page, 'Allow Weather?');
      await sees(page, 'Nobody here has checked this application', 'It registered itself');
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
    },
  });
  assert.deepEqual([tokens.claims().aud].flat(), [config.clientMetadata().client_id]);
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, anna.email);
});

test('an application that describes itself, and the person says no', async (s) => {
  const config = await clientOf(s, s.world.documents + '/client.json');
  const { checks, parameters } = await attempt(s);
  const page = await signIn(await s.person(), oidc.buildAuthorizationUrl(config, parameters), async (page) => {
    await seesTitle(page, 'Allow Travel agent?');
    await sees(page, `Only ${new URL(s.world.documents).host} says that it is “Travel agent”`);
    await page.getByRole('button', { name: 'Do not allow' }).click();
  });
  await assert.rejects(oidc.authorizationCodeGrant(config, new URL(page.url()), checks), refused('access_denied'));
});
