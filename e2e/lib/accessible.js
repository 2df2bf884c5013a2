// On any page, in light or dark, axe-core finds nothing to object to; a finger
// hits whatever can be pressed; and a narrow screen holds the page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

// everybodyCanUse declares a test for each of the states.
export function everybodyCanUse(test, states) {
  for (const [name, open] of Object.entries(states)) {
    test(`everybody can use: ${name}`, async (s) => {
      const page = await open(s);
      await page.evaluate(axe); // past the content security policy, as only a debugger can
      await objections(page, 'light', {}, 11);
      await objections(page, 'dark', { runOnly: aboutColours }, 1); // nothing else is different
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        assert.deepEqual(await page.evaluate(small), [], `smaller than 44 by 44 px (WCAG 2.5.5) on ${width} px`);
        const needed = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(needed <= width, `the page needs ${needed} px on ${width}`);
      }
    });
  }
}

const aboutColours = ['color-contrast', 'link-in-text-block'];

// objections fails the test if axe has any, or fewer than least of its rules found
// something to look at.
async function objections(page, colorScheme, options, least) {
  await page.emulateMedia({ colorScheme });
  const { violations, passes } = await page.evaluate((given) => globalThis.axe.run(given), options);
  assert.ok(passes.length >= least, 'axe looked at the page');
  assert.deepEqual(violations.map(said), [], colorScheme);
}

const said = (v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ')}`;

// small are the visible targets that a finger may miss; it runs in the page.
function small() {
  return [...document.querySelectorAll('a, button, input:not([type=hidden])')].filter((el) => {
    const { width, height } = el.getBoundingClientRect();
    return width > 0 && (width < 44 || height < 44);
  }).map((el) => el.outerHTML);
}
