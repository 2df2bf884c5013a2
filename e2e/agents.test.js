// What agents ask of a provider: the Model Context Protocol's own suite for
// authorization servers, and the page that a person sees in between.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { suite } from './lib/scenario.js';
import { seesTitle } from './lib/see.js';

const test = suite();
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// conformance runs one scenario and returns what it said; onLine sees each line as
// it comes.
async function conformance(s, scenario, options = [], onLine = () => {}) {
  const child = spawn(process.execPath, [
    '--import', at('lib/node20.js'), at('node_modules/@modelcontextprotocol/conformance/dist/index.js'),
    'authorization', '--url', s.issuer, '--scenario', scenario, '--verbose', ...options,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '', seen = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text;
      for (let end; (end = said.indexOf('\n', seen)) >= 0; seen = end + 1) onLine(said.slice(seen, end));
    });
  }
  const [code] = await once(child, 'close');
  assert.equal(code, 0, said);
  return said;
}

// passed fails unless the suite says of each check that it succeeded.
function passed(said, ...checks) {
  assert.match(said, /Passed: (\d+)\/\1, 0 failed, 0 warnings/, said);
  const results = [...said.matchAll(/"id": "([^"]+)",\s+"name": "[^"]*",\s+"description": "[^"]*",\s+"status": "([A-Z]+)"/g)];
  for (const check of checks) {
    assert.ok(results.some(([, id, status]) => id === check && status === 'SUCCESS'), `${check}: ${said}`);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

test('the metadata, and that clients may describe themselves', async (s) => {
  const said = await conformance(s, 'authorization-server-metadata-endpoint');
  passed(said, 'authorization-server-metadata', 'authorization-server-metadata-cimd');
});

test('a code, a person in between, and tokens', async (s) => {
  const anna = await s.person();
  let signingIn;
  const signIn = async (url) => {
    const page = await anna.open(url);
    await anna.giveAddress(page);
    await anna.typeCode(page, (await anna.mail()).code);
    await seesTitle(page, 'Allow Agent?');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
  };
  const said = await conformance(s, 'authorization-code-grant', ['--client-id', 'agent', '--port', String(await freePort())], (line) => {
    if (!signingIn && line.trim().startsWith(s.issuer + '/authorize?')) signingIn = signIn(line.trim());
  });
  await signingIn;
  passed(said);
});
