// A web application that signs people in with idp: Express and openid-client.
// It keeps who is signed in in memory.
import { randomUUID } from 'node:crypto';
import express from 'express';
import * as oidc from 'openid-client';

const issuer = process.env.ISSUER ?? 'http://localhost:8080';
const home = 'http://localhost:8092/';
// This secret is for this machine; its hash stands in client.yaml.
const config = await oidc.discovery(new URL(issuer), 'example-express', 'example-express-secret-for-this-machine', undefined, {
  execute: [oidc.allowInsecureRequests], // http on one machine; leave it out elsewhere
});

const attempts = new Map(); // state → what must come back with it
const sessions = new Map(); // cookie → claims and ID token
const app = express();

const cookie = (req, name) => req.headers.cookie?.split('; ').find((c) => c.startsWith(name + '='))?.slice(name.length + 1);
const setCookie = (res, name, value) => res.cookie(name, value, { httpOnly: true, sameSite: 'lax' }); // and secure: true elsewhere
const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

app.get('/', (req, res) => {
  const person = sessions.get(cookie(req, 'example_express_session'));
  res.send(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Express example</title>` + (person
    ? `<p>Signed in as <b id="email">${escape(person.claims.email)}</b></p><form method="post" action="/logout"><button id="logout">Sign out</button></form>`
    : `<p><a id="login" href="/login">Sign in</a></p>`));
});

app.get('/login', async (req, res) => {
  const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  attempts.set(checks.expectedState, checks);
  setTimeout(() => attempts.delete(checks.expectedState), 3_600_000).unref();
  setCookie(res, 'example_express_attempt', checks.expectedState);
  res.redirect(oidc.buildAuthorizationUrl(config, {
    redirect_uri: home + 'callback', scope: 'openid email profile', state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
  }).href);
});

app.get('/callback', async (req, res) => {
  const checks = attempts.get(cookie(req, 'example_express_attempt'));
  if (!checks) return res.status(400).send('This browser did not start the sign-in, or too long ago.');
  attempts.delete(checks.expectedState);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(req.originalUrl, home), { ...checks, idTokenExpected: true });
  const session = randomUUID();
  sessions.set(session, { claims: tokens.claims(), idToken: tokens.id_token });
  setCookie(res, 'example_express_session', session);
  res.redirect('/');
});

app.post('/logout', (req, res) => {
  const person = sessions.get(cookie(req, 'example_express_session'));
  sessions.delete(cookie(req, 'example_express_session'));
  res.redirect(person ? oidc.buildEndSessionUrl(config, { id_token_hint: person.idToken, post_logout_redirect_uri: home }).href : '/');
});

app.use((error, req, res, next) => {
  console.error(error);
  res.status(400).send(`Signing in did not work: ${escape(String(error.error_description ?? error.message))}`);
});

app.listen(8092, 'localhost', () => console.log('open', home));
