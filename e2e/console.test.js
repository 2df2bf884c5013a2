// The administrator's console: signing in to it by the provider, keeping somebody
// out, and all of it without a mouse. consolepages.test.js looks at every state.
import assert from 'node:assert/strict';
import { enters } from './lib/console.js';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

test('an administrator keeps somebody out, and lets them in again', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await enters(s);
  await seesTitle(page, 'Overview');
  for (const name of ['Overview', 'Applications', 'Failures', 'Mail', 'Keys', 'Audit log']) {
    await page.getByRole('link', { name, exact: true }).click();
    await seesTitle(page, name);
  }
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByLabel('Address or name').fill(anna.email);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: anna.email }).click();
  await seesTitle(page, anna.email);
  await page.getByRole('link', { name: 'Disable', exact: true }).click();
  await seesTitle(page, `Disable ${anna.email}?`);
  await page.getByRole('button', { name: 'Disable' }).click();
  await sees(page, 'This person is disabled.');

  await seesTitle(await anna.open(s.issuer + '/account'), 'Sign in');

  await page.getByRole('link', { name: 'Enable', exact: true }).click();
  await page.getByRole('button', { name: 'Enable' }).click();
  await sees(page, 'This person can sign in again.');
  await (await s.elsewhere(anna)).signInAt(s.notes);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await seesTitle(page, 'You are signed out');
});

test('somebody is kept out by keyboard', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  const page = await enters(s, '/users');

  // stops presses Tab until something has the focus whose text this is, and returns
  // the texts on the way. Each must show that it has the focus, and can be seen.
  const stops = async (text) => {
    const all = [];
    while (all.at(-1) !== text && all.length < 40) {
      await page.keyboard.press('Tab');
      const [said, outline, top, bottom] = await page.evaluate(() => {
        const at = document.activeElement, { top, bottom } = at.getBoundingClientRect();
        return [at.labels?.[0]?.innerText ?? at.innerText, getComputedStyle(at).outlineStyle, top, innerHeight - bottom];
      });
      assert.notEqual(outline, 'none', `${said} shows no focus`);
      assert.ok(top >= 0 && bottom >= 0, `${said} has the focus and is not on the screen`);
      all.push(said);
    }
    assert.equal(all.at(-1), text, `Tab does not reach ${text}: ${all}`);
    return all;
  };

  assert.deepEqual(await stops('Address or name'),
    ['Skip to the content', 'Sign out', 'Overview', 'People', 'Applications', 'Failures', 'Mail', 'Keys', 'Audit log', 'Address or name'], 'the order of reading');
  await page.keyboard.type(anna.email);
  await page.keyboard.press('Enter');
  await sees(page, anna.email);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // past the parts of the console
  assert.deepEqual(await stops(anna.email), ['Address or name', 'Search', 'Only those who are disabled', anna.email]);
  await page.keyboard.press('Enter');
  await seesTitle(page, anna.email);
  await stops('Disable');
  await page.keyboard.press('Enter');
  await seesTitle(page, `Disable ${anna.email}?`);
  await stops('Disable');
  await page.keyboard.press('Enter');
  await sees(page, 'This person is disabled.');
});

test('whoever is not in the group is told so', async (s) => {
  const eve = await s.person('eve');
  const page = await eve.open(s.world.admin);
  await eve.giveAddress(page);
  await eve.typeCode(page, (await eve.mail()).code);
  await seesTitle(page, 'You are not an administrator');
  await sees(page, 'does not belong to the group admins');
});
