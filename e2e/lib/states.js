// Every state of every page, by name: how to get there. accessibility.test.js
// examines each, screenshots.js takes a picture of each.
import { authorizeURL } from './authorize.js';
import { localized } from './locales.js';
import { devices, elsewhere, others } from './morestates.js';
import { sees, seesTitle } from './see.js';

const still = { still: true };
const long = { email: 'maximiliane.charlotte-von-der-wiesenhagen@mail.department-of-long-names.example.com' };

// asked is a person with a waiting page and the mail that came. Without the
// script a page shows what it knew when it was loaded.
async function asked(s, options) {
  const anna = await s.person('anna', options);
  const page = await anna.askAt(s.notes);
  const mail = await anna.mail();
  if (options?.still) await page.reload();
  await sees(page, 'The mail server took the mail');
  return { anna, page, mail };
}

async function signedIn(s, options) {
  const anna = await s.person('anna', options);
  return { anna, page: await anna.signInAt(s.notes) };
}

async function wrongCodes(s, tries) {
  let { anna, page, mail } = await asked(s);
  const texts = ['2 tries left', '1 try left', 'the code is used up', '2 tries left', '1 try left', 'the last try'];
  for (const [i, text] of texts.slice(0, tries).entries()) {
    if (i === 3) {
      await s.advance('61s');
      await page.getByRole('button', { name: 'Send it again' }).click();
      mail = await anna.mail();
    }
    await anna.tryCode(page, mail.code === '000000' ? '000001' : '000000');
    await sees(page, text);
  }
  return page;
}

// partnerAsks signs in to the partner, which is asked about.
async function partnerAsks(s, params) {
  const anna = await s.person();
  const page = await anna.open(authorizeURL(s, params));
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesTitle(page, 'Allow Partner?');
  return page;
}

async function opened(s, url, title, options) {
  const page = await (await s.person('anna', options)).open(url);
  await seesTitle(page, title);
  return page;
}

export const states = {
  ...localized,
  'login': async (s) => (await s.person()).startAt(s.notes),
  'login-own': (s) => opened(s, s.issuer + '/login', 'Sign in'),
  'login-error': async (s) => {
    const page = await (await s.person()).startAt(s.notes);
    await page.getByLabel('Your e-mail address').fill('anna@example');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await sees(page, 'That does not look like an e-mail address');
    return page;
  },

  'wait': async (s) => (await asked(s)).page,
  'wait-long-address': async (s) => (await asked(s, long)).page,
  'wait-no-script': async (s) => (await asked(s, still)).page,
  'wait-may-ask-again': async (s) => {
    const { page } = await asked(s);
    await s.advance('61s');
    await page.reload();
    await page.getByRole('button', { name: 'Send it again', exact: true }).waitFor();
    return page;
  },
  'wait-deferred': async (s) => {
    await s.world.mailServer('down');
    try {
      const page = await (await s.person()).askAt(s.notes);
      await sees(page, 'Still sending');
      return page;
    } finally {
      await s.world.mailServer('up');
    }
  },
  'wait-error': (s) => wrongCodes(s, 1),
  'wait-used-up': (s) => wrongCodes(s, 3),
  'wait-expired': async (s) => {
    const { page } = await asked(s);
    await s.advance('11m');
    await page.reload();
    await sees(page, 'The link and the code have expired');
    return page;
  },
  'wait-locked': (s) => wrongCodes(s, 6),
  'wait-too-early': async (s) => {
    const { page } = await asked(s, still);
    await page.getByRole('button', { name: 'Send it again' }).click();
    await sees(page, 'You can try again');
    return page;
  },
  'wait-too-long': async (s) => {
    const { page } = await asked(s, still);
    await s.advance('31m');
    await page.reload();
    await seesTitle(page, 'This sign-in took too long');
    return page;
  },

  'link-here': async (s) => {
    const { anna, mail } = await asked(s, still);
    return anna.open(mail.link);
  },
  'link-switch': async (s) => {
    const { anna, page } = await signedIn(s);
    await page.getByRole('link', { name: 'Ask again' }).click();
    await anna.giveAddress(page, 'work.' + anna.email);
    const tab = await anna.open((await s.mailbox.next('work.' + anna.email)).link);
    await seesTitle(tab, 'Switch account?');
    return tab;
  },
  'link-elsewhere': async (s) => opened(s, (await asked(s)).mail.link, 'Sign in on this device?'),
  'link-long-address': async (s) => opened(s, (await asked(s, long)).mail.link, 'Sign in on this device?'),
  'link-expired': async (s) => {
    const { mail } = await asked(s);
    await s.advance('11m');
    return opened(s, mail.link, 'This link has expired');
  },
  'link-used': async (s) => {
    const { anna, page, mail } = await asked(s);
    await anna.typeCode(page, mail.code);
    await seesTitle(page, `Signed in as ${anna.email}`);
    return opened(s, mail.link, 'This link was used already');
  },
  'link-unknown': (s) => opened(s, s.issuer + '/l/cut', 'This link does not exist'),

  'done': async (s) => {
    const { anna, page, mail } = await asked(s, still);
    const waiting = page.url();
    await anna.typeCode(page, mail.code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await seesTitle(page, `Signed in as ${anna.email}`);
    await page.goto(waiting);
    await seesTitle(page, 'You are signed in');
    return page;
  },
  'done-other-tab': async (s) => {
    const { anna, mail } = await asked(s);
    const tab = await anna.open(mail.link);
    await sees(tab, 'You can close this tab.');
    return tab;
  },
  'done-elsewhere': async (s) => {
    const { anna, mail } = await asked(s);
    const page = await opened(s, mail.link, 'Sign in on this device?', still);
    await s.reads();
    await page.getByRole('button', { name: 'Sign in on this device instead' }).click();
    await page.getByLabel('Which address did the mail go to?').fill(anna.email); // programs press without script, too
    await page.getByRole('button', { name: 'Sign in on this device instead' }).click();
    await seesTitle(page, 'You are signed in');
    return page;
  },

  'consent': (s) => partnerAsks(s, { scope: 'openid email profile offline_access' }),
  'choose': async (s) => {
    const { page } = await signedIn(s);
    await page.goto(s.tasks.url + '/login?prompt=select_account');
    await seesTitle(page, 'Choose an account');
    return page;
  },
  'choose-long-address': async (s) => {
    const { page } = await signedIn(s, long);
    await page.goto(s.tasks.url + '/login?prompt=select_account');
    await seesTitle(page, 'Choose an account');
    return page;
  },
  'form-post': (s) => opened(s, authorizeURL(s, { response_mode: 'form_post', prompt: 'none' }), 'One moment', still),

  'account': async (s) => {
    const { anna, page } = await signedIn(s);
    const phone = await s.elsewhere(anna, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1' });
    await phone.signInAt(s.tasks);
    await (await s.elsewhere(anna, { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })).signInAt(s.notes);
    await page.goto(s.issuer + '/account');
    await seesTitle(page, 'Your account');
    return page;
  },
  'account-new': async (s) => {
    const anna = await s.person();
    const page = await anna.open(s.issuer + '/login');
    await anna.giveAddress(page);
    await anna.typeCode(page, (await anna.mail()).code);
    await seesTitle(page, 'Your account');
    return page;
  },
  'account-end': async (s) => {
    const page = await states['account'](s);
    await page.getByRole('link', { name: 'End the session of Safari on iPhone' }).click();
    await seesTitle(page, 'End this session?');
    return page;
  },
  'account-end-others': async (s) => {
    const page = await states['account'](s);
    await page.getByRole('link', { name: 'End all other sessions' }).click();
    await seesTitle(page, 'End all other sessions?');
    return page;
  },
  'account-disconnect': async (s) => {
    const page = await states['account'](s);
    await page.getByRole('link', { name: 'Disconnect Notes demo' }).click();
    await seesTitle(page, 'Disconnect Notes demo?');
    return page;
  },
  'account-notice': async (s) => {
    const page = await states['account'](s);
    await page.getByRole('link', { name: 'Disconnect Notes demo' }).click();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await sees(page, 'The application no longer has access.');
    return page;
  },

  'logout': async (s) => {
    const { page } = await signedIn(s);
    await page.goto(s.issuer + '/end_session');
    await seesTitle(page, 'Sign out?');
    return page;
  },
  'logout-auto': async (s) => {
    const { page } = await signedIn(s);
    await page.context().route('**/static/app.*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await seesTitle(page, 'Signing you out…');
    return page;
  },
  'logged-out': async (s) => {
    const page = await states['logout'](s);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await seesTitle(page, 'You are signed out');
    return page;
  },
  'still-signed-in': async (s) => {
    const page = await states['logout'](s);
    await page.getByRole('button', { name: 'Stay signed in' }).click();
    await seesTitle(page, 'You are still signed in');
    return page;
  },

  'problem-redirect': (s) => opened(s, authorizeURL(s, { redirect_uri: s.partner.url + '/callbak' }), 'The way back does not match'),
  'problem-client': (s) => opened(s, authorizeURL(s, { client_id: 'nobody' }), 'This application is not known here'),
  'problem-logout': (s) => opened(s, s.issuer + '/end_session?client_id=notes&post_logout_redirect_uri=http://localhost:1/', 'Signing out did not work like this'),
  'problem-not-found': (s) => opened(s, s.issuer + '/nothing', 'There is nothing here'),
  'problem-elsewhere': async (s) => opened(s, (await (await s.person()).startAt(s.notes)).url(), 'This sign-in was started elsewhere'),

  ...elsewhere,
  ...devices,
  ...others,
};
