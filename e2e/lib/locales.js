// The pages of a sign-in in languages that differ most from English: in the length
// of their words, in script, in direction. Nothing here reads a word: what is
// pressed has an id.
import { authorizeURL } from './authorize.js';

const browsers = { de: 'de-DE', ja: 'ja-JP', ar: 'ar-EG' };

const still = { still: true };

// started is the address form at a browser of that language.
async function started(s, locale, options) {
  const anna = await s.person('anna', { locale: browsers[locale], ...options });
  const page = await anna.open(s.notes.url + '/login');
  await page.locator('#email').waitFor();
  await speaks(page, locale);
  return { anna, page };
}

async function asked(s, locale, options) {
  const { anna, page } = await started(s, locale, options);
  await page.locator('#email').fill(anna.email);
  await page.locator('#continue').click();
  await page.locator('#code').waitFor();
  await speaks(page, locale);
  const mail = await anna.mail();
  if (options?.still) await page.reload();
  await page.locator('#delivery[data-state=accepted]').waitFor();
  return { anna, page, mail };
}

async function speaks(page, locale) {
  const [lang, dir] = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
  if (lang !== locale || dir !== (locale === 'ar' ? 'rtl' : 'ltr')) throw new Error(`the page speaks ${lang}, ${dir}, not ${locale}`);
}

async function opened(s, locale, url) {
  const page = await (await s.person('anna', { locale: browsers[locale] })).open(url);
  await speaks(page, locale);
  return page;
}

const pages = {
  'login': async (s, locale) => (await started(s, locale)).page,
  'wait': async (s, locale) => (await asked(s, locale)).page,
  'wait-error': async (s, locale) => {
    const { page, mail } = await asked(s, locale, still);
    await page.locator('#code').fill(mail.code === '000000' ? '000001' : '000000');
    await page.locator('#verify').click();
    await page.locator('#code-error').waitFor();
    return page;
  },
  'link-here': async (s, locale) => {
    const { anna, mail } = await asked(s, locale, still);
    return anna.open(mail.link);
  },
  'link-elsewhere': async (s, locale) => opened(s, locale, (await asked(s, locale)).mail.link),
  'consent': async (s, locale) => {
    const anna = await s.person('anna', { locale: browsers[locale] });
    const page = await anna.open(authorizeURL(s, { scope: 'openid email profile offline_access' }));
    await page.locator('#email').fill(anna.email);
    await page.locator('#continue').click();
    await page.locator('#code').pressSequentially((await anna.mail()).code);
    await page.locator('#allow').waitFor();
    return page;
  },
  'account': async (s, locale) => {
    const { anna, page, mail } = await asked(s, locale);
    await page.locator('#code').pressSequentially(mail.code);
    await page.waitForURL(s.notes.url + '/');
    await page.goto(s.issuer + '/account');
    await page.locator('#sign-out').waitFor();
    return page;
  },
  'problem': (s, locale) => opened(s, locale, authorizeURL(s, { redirect_uri: s.partner.url + '/callbak' })),
};

// spread makes a state of every page for every language.
function spread(all) {
  return Object.fromEntries(Object.entries(all).flatMap(([name, open]) => (
    Object.keys(browsers).map((locale) => [`${name}-${locale}`, (s) => open(s, locale)]))));
}

export const localized = spread(pages);

// letters are the mails as a mail program shows them.
export const letters = spread({
  'letter': async (s, locale) => {
    const { anna, mail } = await asked(s, locale);
    const page = await anna.context.newPage();
    await page.setContent(mail.html);
    return page;
  },
});
