// Applications whose part a library of somebody else plays (openid-client). All of
// them take people back to the partner's page, which shows what came.
import * as oidc from 'openid-client';
import { seesTitle } from './see.js';

export const bySecret = (s) => oidc.ClientSecretBasic(s.partner.clientSecret);
export const byKey = ({ key, kid }) => oidc.PrivateKeyJwt({ key, kid });

// clientOf is an application as the library has it: what it is called, how it
// proves itself, and what it knows of itself.
export function clientOf(s, id, auth = oidc.None(), metadata = undefined) {
  return oidc.discovery(new URL(s.issuer), id, metadata, auth, { execute: [oidc.allowInsecureRequests] });
}

// attempt is one authorization request: its parameters, and what its answer is
// checked against.
export async function attempt(s, more = {}) {
  const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), idTokenExpected: true };
  const parameters = {
    redirect_uri: s.partner.url + '/callback', scope: 'openid email profile offline_access', state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256', ...more,
  };
  return { checks, parameters };
}

// signIn opens the address that the library made, does what it takes to come back
// to the partner, and returns the page.
export async function signIn(anna, url, allow = async () => {}) {
  const page = await anna.open(url.href);
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await allow(page);
  await seesTitle(page, 'Partner');
  return page;
}

// walk signs in by an ordinary request and redeems the code.
export async function walk(s, config, anna, { more, DPoP, allow } = {}) {
  const { checks, parameters } = await attempt(s, more);
  const page = await signIn(anna, oidc.buildAuthorizationUrl(config, parameters), allow);
  return oidc.authorizationCodeGrant(config, new URL(page.url()), checks, undefined, { DPoP });
}

// refused is what the library throws if the provider answers with an error code. A
// challenge (401 to HTTP Basic) it does not read further.
export const refused = (...codes) => (e) => codes.includes(e.error) || codes.includes('invalid_client') && e.status === 401;

// listen makes the library tell what the provider answers, as it comes.
export function listen(config) {
  const answers = [];
  config[oidc.customFetch] = async (...request) => {
    const answer = await fetch(...request);
    answers.push({ path: new URL(request[0]).pathname, status: answer.status, nonce: answer.headers.get('DPoP-Nonce'), type: answer.headers.get('Content-Type') });
    return answer;
  };
  return answers;
}
