// Starts `idp dev` with every example, as examples/README.md says, and signs in to
// each in the browser; the machine signs in by itself.
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
const issuer = `http://localhost:${provider}`;
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
  execFileSync('go', ['build', '-o', dir, './cmd/idp', './examples/go', './examples/device', './examples/machine'], { cwd: top });
  for (const name of ['express', 'spa']) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: top + 'examples/' + name });
  }
  const clients = [...names, 'device', 'machine'].flatMap((name) => ['--clients', `${top}examples/${name}/client.yaml`]);
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

// begin runs an example that ends by itself, and returns what it said and its end.
function begin(name) {
  const child = spawn(`${dir}/${name}`, { env: { ...process.env, ISSUER: issuer }, detached: true });
  const run = { said: '', end: once(child, 'close').then(([code]) => code) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { run.said += text; });
  started.push(child);
  return run;
}

test('device: shows a code, waits, and says who typed it', async () => {
  const device = begin('device');
  const shown = /Open (\S+)\nand type (\S+)\n/;
  for (const deadline = Date.now() + patience; !shown.test(device.said) && Date.now() < deadline;) await pause(50);
  const [, address, code] = device.said.match(shown) ?? assert.fail(device.said);
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const email = 'anna.device@example.com';
  await page.goto(address);
  await page.getByLabel('Code').fill(code);
  await page.locator('#go-on').click();
  await page.getByLabel('Your e-mail address').fill(email);
  await page.locator('#continue').click();
  await page.getByLabel('Six-digit code').pressSequentially((await mailbox.next(email)).code);
  await page.locator('#connect').click();
  assert.equal(await device.end, 0, device.said);
  assert.ok(device.said.endsWith(`Signed in as ${email}\n`), device.said);
  await context.close();
});

test('machine: a token for itself, checked by another service', async () => {
  const machine = begin('machine');
  assert.equal(await machine.end, 0, machine.said);
  assert.equal(machine.said, '200 a report for example-machine\n401 no token for this\n');
});
