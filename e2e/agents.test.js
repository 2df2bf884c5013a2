// What agents ask of a provider: the Model Context Protocol's own suite for
// authorization servers, and the page that a person sees in between.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// conformance runs the suite and returns what it said; onLine sees each line as it
// comes.
async function conformance(s, options, onLine) {
  const child = spawn(process.execPath, [
    '--import', at('lib/node20.js'), at('node_modules/@modelcontextprotocol/conformance/dist/index.js'),
    'authorization', '--url', s.issuer, '--verbose', ...options,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '', seen = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text;
      for (let end; (end = said.indexOf('\n', seen)) >= 0; seen = end + 1) onLine(said.slice(seen, end).trim());
    });
  }
  const [code] = await once(child, 'close');
  assert.equal(code, 0, said);
  return said;
}

// register makes a client of an agent on the person's own device.
async function register(s) {
  const answer = await fetch(`${s.issuer}/oauth/register`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${s.world.registrationToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_name: 'Agent', redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).client_id;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

test('metadata, a code, a person in between, and tokens', async (s) => {
  const anna = await s.person();
  let signingIn;
  const signIn = async (url) => {
    const page = await anna.open(url);
    await anna.giveAddress(page);
    await anna.typeCode(page, (await anna.mail()).code);
    await seesTitle(page, 'Allow Agent?');
    await sees(page, 'Nobody here has checked this application', 'a program on your own device');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
  };
  const said = await conformance(s, ['--client-id', await register(s), '--port', String(await freePort())], (line) => {
    if (!signingIn && line.startsWith(s.issuer + '/authorize?')) signingIn = signIn(line);
  });
  await signingIn;
  for (const line of ['authorization-server-metadata-endpoint: 2 passed, 0 failed', 'authorization-code-grant: 1 passed, 0 failed', 'Total: 3 passed, 0 failed']) {
    assert.ok(said.includes(line), said);
  }
});
