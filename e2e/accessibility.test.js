// axe-core finds nothing to object to, on any page, in light or dark.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { suite } from './lib/scenario.js';
import { states } from './lib/states.js';

const test = suite();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

for (const [name, open] of Object.entries(states)) {
  test(`axe: ${name}`, async (s) => {
    const page = await open(s);
    await page.evaluate(axe); // past the content security policy, as only a debugger can
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const { violations, passes } = await page.evaluate('axe.run()');
      assert.ok(passes.length > 10, 'axe looked at the page');
      assert.deepEqual(violations.map(said), [], colorScheme);
    }
  });
}

const said = (v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ')}`;
