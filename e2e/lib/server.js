// Builds, starts and stops the world of e2e/server.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { subtle } = globalThis.crypto;

// newKey makes the key of an application, and the public JWK that it publishes.
export async function newKey(kid, alg = 'ES256') {
  const { privateKey: key, publicKey } = await subtle.generateKey(alg === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : alg, true, ['sign', 'verify']);
  const { kty, crv, x, y } = await subtle.exportKey('jwk', publicKey);
  return { key, kid, jwk: { kty, crv, x, y, kid, alg, use: 'sig' } };
}

const binary = fileURLToPath(new URL('../output/server', import.meta.url));

// startWorld returns the addresses of everything, and ways to change it. The
// database is SQLite, or PostgreSQL if TEST_DATABASE_URL names a server. With
// captcha, mails cost a test of that provider ("turnstile", "hcaptcha").
export async function startWorld({ captcha } = {}) {
  // The Go tool leaves a binary alone that is up to date, so this costs little; and
  // npm test builds it before files run beside each other.
  await promisify(execFile)('go', ['build', '-o', binary, './e2e/server'], { cwd: root });
  const postgres = process.env.TEST_DATABASE_URL;
  const key = await newKey('first');
  const server = spawn(binary, ['-key', JSON.stringify(key.jwk), ...(postgres ? ['-postgres', postgres] : []), ...(captcha ? ['-captcha', captcha] : [])], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(server, 'exit');
  const [line] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    exit.then(([code]) => { throw new Error(`e2e/server ended with ${code} before it was ready`); }),
  ]);
  const at = JSON.parse(line);
  const control = async (path, body) => {
    const answer = await fetch(at.control + path, { method: 'POST', body });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.text();
  };
  const advance = async (duration) => new Date(await control(`/clock?advance=${duration}`));
  return {
    ...at,
    // key is that of the applications that prove themselves by one.
    key,
    // advance lets time pass ("11m") and returns the time it is then.
    advance,
    time: () => advance('0s'),
    // mailServer takes connections, or not: 'up' or 'down'.
    mailServer: (state) => control(`/smtp?state=${state}`),
    // publish replaces the keys of the application that publishes its own.
    publish: (...keys) => control('/keys', JSON.stringify({ keys: keys.map((k) => k.jwk) })),
    stop: async () => {
      server.stdin.end(); // it ends by itself then
      const [code] = await exit;
      if (code !== 0) throw new Error(`e2e/server ended with ${code}`);
    },
  };
}
