// Signing in by the code of the mail.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesSignedIn } from './lib/see.js';

const test = suite();

// wrong is a code that none of the given ones is.
const wrong = (...codes) => ['000000', '111111', '222222', '333333'].find((c) => !codes.includes(c));

test('the code, typed', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  await sees(page, anna.email, 'The mail server took the mail');
  const mail = await anna.mail();
  assert.equal(await page.locator('.number').innerText(), mail.number, 'screen and mail show the same number');
  await anna.typeCode(page, mail.code);
  await seesSignedIn(page, s.notes, anna.email);
});

test('the code, pasted with a space in it', async (s) => {
  const anna = await s.person();
  await anna.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: s.issuer });
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  await page.evaluate((text) => navigator.clipboard.writeText(text), `${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByLabel('Six-digit code').focus();
  await page.keyboard.press('Control+V');
  await seesSignedIn(page, s.notes, anna.email);
});

test('while its own code is on the way, the waiting page does not leave a second time', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  // The application has answered, and its answer travels slowly: long enough for
  // the waiting page to hear that the code was right, and to leave a second time.
  const network = await anna.context.newCDPSession(page);
  network.on('Fetch.requestPaused', async ({ requestId }) => {
    const leaves = (request) => request.isNavigationRequest();
    await page.waitForRequest(leaves, { timeout: 3000 }).catch(() => {});
    await network.send('Fetch.continueRequest', { requestId }).catch(() => {}); // gone if the page went elsewhere
  });
  await network.send('Fetch.enable', { patterns: [{ urlPattern: s.notes.url + '/callback*', requestStage: 'Response' }] });
  await anna.typeCode(page, code);
  await seesSignedIn(page, s.notes, anna.email);
});

test('three wrong codes count down, use the code up, and leave a new mail as the way on', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const first = await anna.mail();
  for (const text of ['2 tries left', '1 try left', 'the code is used up']) {
    await anna.tryCode(page, wrong(first.code));
    await sees(page, text);
  }
  assert.equal(await page.getByLabel('Six-digit code').count(), 0, 'there is no field for a code that cannot work');
  await sees(page, 'The link in the mail still works');

  await s.advance('61s');
  await page.getByRole('button', { name: 'Send it again' }).click();
  const second = await anna.mail();
  await anna.typeCode(page, second.code);
  await seesSignedIn(page, s.notes, anna.email);
});

test('six wrong codes lock the code, and the link still works', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const first = await anna.mail();
  for (const text of ['2 tries left', '1 try left', 'the code is used up']) {
    await anna.tryCode(page, wrong(first.code));
    await sees(page, text);
  }
  await s.advance('61s');
  await page.getByRole('button', { name: 'Send it again' }).click();
  const second = await anna.mail();
  for (const text of ['2 tries left', '1 try left', 'That was the last try for codes here. The link in the mail still works']) {
    await anna.tryCode(page, wrong(first.code, second.code));
    await sees(page, text);
  }
  assert.equal(await page.getByLabel('Six-digit code').count(), 0, 'there is no field for a code that cannot work');

  await anna.open(second.link);
  await seesSignedIn(page, s.notes, anna.email);
});

test('an expired code says so, and leads on to a new mail', async (s) => {
  const anna = await s.person();
  const page = await anna.askAt(s.notes);
  const { code } = await anna.mail();
  await s.advance('11m');
  await anna.tryCode(page, code);
  await sees(page, 'Send the mail again to get new ones');
  await page.getByRole('button', { name: 'Send it again' }).click();
  await anna.typeCode(page, (await anna.mail()).code);
  await seesSignedIn(page, s.notes, anna.email);
});
