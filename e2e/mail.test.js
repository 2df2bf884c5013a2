// Asking again, and a mail server that is away.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();

test('asking again waits a minute: the button counts down', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  await anna.mail();
  await sees(page, /Send it again in 0:[0-5]\d/);
  assert.ok(await page.locator('#resend').isDisabled());
  assert.equal(await s.mailbox.count(anna.email), 1);
});

test('asking again too early without script says when, and leads back', async (s) => {
  const anna = await s.person('anna', { javaScriptEnabled: false });
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/resend')),
    page.getByRole('button', { name: 'Send it again' }).click(),
  ]);
  assert.equal(answer.status(), 429);
  assert.match(answer.headers()['retry-after'], /^[1-6]?\d$/);
  await sees(page, /You can try again in \d+ seconds/);
  await page.getByRole('link', { name: 'Back to the code' }).click();
  await seesTitle(page, 'Check your mail');
  assert.equal(await s.mailbox.count(anna.email), 1);
  await anna.typeCode(page, code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await seesSignedIn(page, s.notes, anna.email);
});

for (const [which, pick] of [['the first', 0], ['the second', 1]]) {
  test(`after a minute another mail comes, and ${which} code works`, async (s) => {
    const anna = await s.person();
    const page = await anna.askAt(s.notes);
    const mails = [await anna.mail()];
    await s.advance('61s');
    await page.getByRole('button', { name: 'Send it again', exact: true }).click();
    mails.push(await anna.mail());
    assert.equal(mails[0].number, mails[1].number, 'one sign-in, one number');
    assert.notEqual(mails[0].link, mails[1].link);
    await anna.typeCode(page, mails[pick].code);
    await seesSignedIn(page, s.notes, anna.email);
  });
}

test('while the mail server is away the page says so, and the mail comes when it is back', async (s) => {
  const anna = await s.person();
  await s.world.mailServer('down');
  try {
    const page = await anna.askAt(s.notes);
    await sees(page, 'Still sending: the mail server is not taking the mail yet. We try again at');
    await s.world.mailServer('up');
    await s.advance('6s'); // the pause after the first try
    const { code } = await anna.mail();
    await sees(page, 'The mail server took the mail');
    await anna.typeCode(page, code);
    await seesSignedIn(page, s.notes, anna.email);
  } finally {
    await s.world.mailServer('up');
  }
});

test('until a mail went out, the page names no time until when it is good', async (s) => {
  const anna = await s.person();
  await s.world.mailServer('down');
  try {
    const page = await anna.askAt(s.notes);
    await sees(page, 'Still sending');
    await page.reload();
    assert.doesNotMatch(await page.locator('main').innerText(), /good until/);
  } finally {
    await s.world.mailServer('up');
  }
});
