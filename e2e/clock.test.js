// Times: told with their zone, and with script by the reader's own clock.
import assert from 'node:assert/strict';
import { suite } from './lib/scenario.js';
import { sees, seesTitle } from './lib/see.js';

const test = suite();

// times are the texts of all times on the page.
const times = (page) => page.locator('time').allInnerTexts();

test('without script every time names its zone', async (s) => {
  const anna = await s.person('anna', { javaScriptEnabled: false, timezoneId: 'Asia/Tokyo' });
  const page = await anna.askAt(s.notes);
  await anna.mail();
  await page.reload();
  await sees(page, 'The mail server took the mail at');
  const told = await times(page);
  assert.equal(told.length, 2, 'when it went out, and until when it is good');
  for (const time of told) assert.match(time, /^(\d+ \w+, )?\d\d:\d\d UTC$/);
});

test('with script every time is that of the reader', async (s) => {
  const anna = await s.person('anna', { timezoneId: 'Asia/Tokyo' });
  const page = await anna.askAt(s.notes);
  await anna.mail();
  await sees(page, 'The mail server took the mail at'); // heard of by the script
  await page.reload();
  const told = await page.locator('time').evaluateAll((all) => all.map((el) => [el.innerText, el.getAttribute('datetime')]));
  assert.equal(told.length, 2);
  for (const [text, iso] of told) {
    const here = new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Tokyo' });
    assert.ok(text === here || text.endsWith(', ' + here), `${text} for ${iso}`);
  }
});

test('what expired says until when it was good, in the same clock', async (s) => {
  const anna = await s.person('anna', { timezoneId: 'Asia/Tokyo' });
  const waiting = await anna.askAt(s.notes);
  const { link } = await anna.mail();
  await s.advance('31m');
  for (const [url, title] of [[link, 'This link has expired'], [waiting.url(), 'This sign-in took too long']]) {
    const page = await anna.open(url);
    await seesTitle(page, title);
    await sees(page, 'It was good until');
    const [time] = await times(page);
    assert.ok(time && !time.includes('UTC'), time);
  }
});
