// Starts `idp dev` with every example, as examples/README.md says, and signs in to
// each in the browser.
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { launch, patience } from './lib/browser.js';
import { Mailbox } from './lib/mailbox.js';

const top = new URL('..', import.meta.url).pathname;
const provider = 8480; // the inbox is two behind
const names = ['go', 'express', 'spa', 'apache'];
const started = [];
let browser, mailbox, dir;

// start runs a command until the tests are over and waits until an address answers.
async function start(address, command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { said += text; });
  started.push(child);
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(100)) {
    assert.equal(child.exitCode, null, `${command} ended: ${said}`);
    const answer = await fetch(address, { redirect: 'manual' }).catch(() => null);
    if (answer) return;
  }
  assert.fail(`${address} does not answer: ${said}`);
}

before(async () => {
  dir = mkdtempSync(tmpdir() + '/idp-examples-');
  execFileSync('go', ['build', '-o', dir, './cmd/idp', './examples/go'], { cwd: top });
  for (const name of ['express', 'spa']) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: top + 'examples/' + name });
  }
  const clients = names.flatMap((name) => ['--clients', `${top}examples/${name}/client.yaml`]);
  const issuer = `http://localhost:${provider}`;
  await start(issuer + '/healthz', dir + '/idp', ['dev', '--port', String(provider), ...clients], { cwd: dir });
  const env = { ...process.env, ISSUER: issuer };
  await Promise.all([
    start('http://localhost:8091/', dir + '/go', [], { env }),
    start('http://localhost:8092/', 'npm', ['start'], { env, cwd: top + 'examples/express' }),
    start('http://localhost:8093/', 'npm', ['start'], { env, cwd: top + 'examples/spa' }),
    start('http://localhost:8094/', top + 'examples/apache/start', [], { env }),
  ]);
  browser = await launch();
  mailbox = new Mailbox(`http://localhost:${provider + 2}`);
});

after(async () => {
  await browser?.close();
  for (const child of started) {
    if (child.exitCode === null) {
      process.kill(-child.pid, 'SIGTERM');
      await once(child, 'exit');
    }
  }
  rmSync(dir, { recursive: true, force: true });
});

// signIn starts at the application and ends there, with the code of the mail.
async function signIn(page, address, email) {
  await page.goto(address);
  if (await page.locator('#login').count()) await page.locator('#login').click();
  await page.getByLabel('Your e-mail address').fill(email);
  await page.locator('#continue').click();
  await page.getByLabel('Six-digit code').pressSequentially((await mailbox.next(email)).code);
  await page.locator('#email').waitFor({ timeout: patience });
  assert.equal((await page.locator('#email').textContent()).trim(), email);
}

for (const [name, port] of names.map((name, i) => [name, 8091 + i])) {
  test(`${name}: sign in and out`, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const address = `http://localhost:${port}/`;
    await signIn(page, address, `anna.${name}@example.com`);
    if (name === 'spa') {
      await page.locator('#renew').click();
      await page.getByText('Renewed').waitFor();
    }
    await page.locator('#logout').click();
    await page.locator('#login').waitFor();
    assert.equal(new URL(page.url()).port, String(port), 'the sign-out leads back');

    // The session at the provider is over too.
    await page.locator('#login').click();
    await page.getByLabel('Your e-mail address').waitFor();
    await context.close();
  });
}
