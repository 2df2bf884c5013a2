// While very many mails are asked for, a browser works for one.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { seesSignedIn, seesTitle } from './lib/see.js';

const test = suite();

// pressure asks for mails to as many strangers as it takes, each from a browser
// and a network of its own.
async function pressure(s) {
  for (let i = 0; i < 50; i++) {
    const headers = { 'X-Forwarded-For': `203.0.113.${i}` };
    const form = await fetch(s.issuer + '/login', { headers });
    const cookie = form.headers.get('set-cookie').split(';')[0];
    const body = new URLSearchParams({ flow: '', email: `stranger${i}@example.com` });
    const answer = await fetch(s.issuer + '/login', { method: 'POST', headers: { ...headers, cookie }, body, redirect: 'manual' });
    assert.equal(answer.status, 303);
  }
}

test('a browser that is not known works for its mail, and one that is known does not', async (s) => {
  const anna = await s.person();
  await anna.signInAt(s.notes);
  await pressure(s);

  const bob = await s.person('bob');
  const page = await bob.startAt(s.notes);
  // The answer waits until the page was seen: the work may be done before anybody looks.
  let go;
  const seen = new Promise((resolve) => { go = resolve; });
  await page.route('**/login', async (route) => {
    if ((route.request().postData() ?? '').includes('answer=')) await seen;
    await route.continue();
  });
  await page.getByLabel('Your e-mail address').fill(bob.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await seesTitle(page, 'One moment');
  go();
  await page.waitForURL('**/login/c/**', { timeout: 60_000 });
  await bob.typeCode(page, (await bob.mail()).code);
  await seesSignedIn(page, s.notes, bob.email);

  await anna.context.request.post(s.issuer + '/logout');
  const again = await anna.open(s.issuer + '/login');
  await anna.giveAddress(again);
});
