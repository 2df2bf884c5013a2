// Authorization requests as the partner would make them.
import { createHash, randomBytes } from 'node:crypto';

// authorizeURL is a good request of the partner, changed by params; a parameter
// that is null is left out.
export function authorizeURL(s, params = {}) {
  const url = new URL(s.issuer + '/authorize');
  const verifier = randomBytes(32).toString('base64url');
  const all = {
    client_id: s.partner.clientID, redirect_uri: s.partner.url + '/callback', response_type: 'code', scope: 'openid email profile',
    state: randomBytes(8).toString('hex'), nonce: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', ...params,
  };
  for (const [name, value] of Object.entries(all)) if (value !== null) url.searchParams.set(name, value);
  return url.href;
}
