// The administrator's console: signing in to it by the provider, keeping somebody
// out, and pages that everybody can use.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const pictures = process.env.CONSOLE_PICTURES; // a directory, for whoever wants to look

// enters signs somebody in to the console.
async function enters(s, email) {
  const root = await s.person('root', { email });
  const page = await root.open(s.world.admin);
  await root.giveAddress(page);
  await root.typeCode(page, (await root.mail()).code);
  return page;
}

// fits looks at a page in light and dark, with axe, and on a phone.
async function fits(page, name) {
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await page.evaluate('axe.run()');
    assert.ok(passes.length > 10, 'axe looked at the page');
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`), [], `${name}, ${colorScheme}`);
  }
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const needed = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(needed <= width, `${name} needs ${needed} px on ${width}`);
    if (pictures && width > 320) {
      await mkdir(pictures, { recursive: true });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${pictures}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 844 });
}

test('an administrator keeps somebody out, and lets them in again', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await enters(s, 'root@admins.test');
  await seesTitle(page, 'Overview');
  for (const name of ['Overview', 'Applications', 'Failures', 'Mail', 'Keys', 'Audit log']) {
    await page.getByRole('link', { name, exact: true }).click();
    await seesTitle(page, name);
    await fits(page, name);
  }
  await page.goto(s.world.admin + '/clients/notes');
  await fits(page, 'Application');

  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByLabel('Address or name').fill(anna.email);
  await page.getByRole('button', { name: 'Search' }).click();
  await fits(page, 'People');
  await page.getByRole('link', { name: `Show ${anna.email}` }).click();
  await seesTitle(page, anna.email);
  await fits(page, 'Person');
  await page.getByRole('link', { name: 'Disable', exact: true }).click();
  await seesTitle(page, `Disable ${anna.email}?`);
  await fits(page, 'Confirmation');
  await page.getByRole('button', { name: 'Disable' }).click();
  await sees(page, 'This person is disabled.');

  await seesTitle(await anna.open(s.issuer + '/account'), 'Sign in');

  await page.getByRole('link', { name: 'Enable', exact: true }).click();
  await page.getByRole('button', { name: 'Enable' }).click();
  await sees(page, 'This person can sign in again.');
  await (await s.elsewhere(anna)).signInAt(s.notes);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await seesTitle(page, 'You are signed out');
  await fits(page, 'Signed out');
});

test('whoever is not in the group is told so', async (s) => {
  const page = await enters(s, 'eve@example.com');
  await seesTitle(page, 'You are not an administrator');
  await sees(page, 'does not belong to the group admins');
  await fits(page, 'Refusal');
});
