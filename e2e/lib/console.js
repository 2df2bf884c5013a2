// States of the administrator's console: as it is when little happened, when much
// did, and when something is wrong.
import { authorizeURL } from './authorize.js';
import { patience } from './browser.js';
import { sees, seesTitle } from './see.js';

let administrators = 0; // each has a mailbox of their own

// enters signs an administrator in and returns the console's page at a path.
export async function enters(s, path = '/', email = `root.${++administrators}@admins.test`) {
  const root = await s.person('root', { email });
  const page = await root.open(s.world.admin + path);
  await root.giveAddress(page);
  await root.typeCode(page, (await root.mail()).code);
  await page.waitForURL(s.world.admin + path);
  return page;
}

async function opens(s, path, ...texts) {
  const page = await enters(s, path);
  await sees(page, ...texts);
  return page;
}

// shows is the page of a person who signed in once.
async function shows(s, options) {
  const anna = await s.person('anna', options);
  await anna.signInAt(s.notes);
  const page = await enters(s, `/users?search=${encodeURIComponent(anna.email)}`);
  await page.getByRole('link', { name: anna.email }).click();
  await seesTitle(page, anna.email);
  return { anna, page };
}

// presses goes on by a link or button of the page, to another one.
async function presses(page, role, name, title) {
  await page.getByRole(role, { name, exact: true }).click();
  await seesTitle(page, title);
  return page;
}

// comes loads the page again until it has the text: some things are written down
// a moment after they happened.
async function comes(page, text) {
  const until = Date.now() + patience;
  while (await page.getByText(text).count() === 0) {
    if (Date.now() > until) throw new Error(`there is not ${text}`);
    await page.waitForTimeout(200);
    await page.reload();
  }
  return page;
}

// mailDown prepares a page, takes the mail server away for what comes then, and lets
// the minute pass in which letters keep away from a server that did not work.
async function mailDown(s, prepare) {
  const [page, act] = await prepare();
  await s.world.mailServer('down');
  try {
    await act();
  } finally {
    await s.world.mailServer('up');
    await s.world.advance('61s');
  }
  return page;
}

export const consoles = {
  'console-overview': (s) => opens(s, '/', 'Health'),
  'console-overview-mail-down': (s) => mailDown(s, async () => {
    const page = await enters(s);
    return [page, async () => {
      await sees(await (await s.person()).askAt(s.notes), 'Still sending');
      await page.reload();
      await sees(page, 'the oldest since');
    }];
  }),
  'console-people': async (s) => {
    await (await s.person('anna', { email: 'maximiliane.charlotte-von-der-wiesenhagen@mail.department-of-long-names.example.com' })).signInAt(s.notes);
    await (await s.person('ben')).signInAt(s.notes);
    return opens(s, '/users', 'maximiliane');
  },
  'console-people-none': (s) => opens(s, '/users?search=nobody', 'Nobody has this'),
  'console-people-disabled-none': (s) => opens(s, '/users?disabled=1', 'Nobody is disabled'),

  'console-person': async (s) => (await shows(s)).page,
  'console-person-busy': async (s) => {
    const { anna, page } = await shows(s, { email: `maximiliane.charlotte-von-der-wiesenhagen.${Date.now()}@mail.department-of-long-names.example.com` });
    await (await s.elsewhere(anna, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1' })).signInAt(s.tasks);
    await page.getByLabel('Names').fill('staff, on-call, department-of-long-names/northern-region/second-floor');
    await page.getByRole('button', { name: 'Save' }).click();
    await sees(page, 'The groups are changed.');
    return page;
  },
  'console-person-disable': async (s) => {
    const { anna, page } = await shows(s);
    return presses(page, 'link', 'Disable', `Disable ${anna.email}?`);
  },
  'console-person-disabled': async (s) => {
    const { anna, page } = await shows(s);
    await presses(page, 'link', 'Disable', `Disable ${anna.email}?`);
    await page.getByRole('button', { name: 'Disable' }).click();
    await sees(page, 'This person is disabled.');
    return page;
  },
  'console-person-delete': async (s) => {
    const { anna, page } = await shows(s);
    return presses(page, 'link', 'Delete', `Delete ${anna.email} for good?`);
  },
  'console-person-groups-wrong': async (s) => {
    const { page } = await shows(s);
    await page.getByLabel('Names').fill('staff, "friends"');
    await page.getByRole('button', { name: 'Save' }).click();
    await sees(page, 'Nothing was changed');
    return page;
  },
  'console-person-gone': (s) => opens(s, '/users/usr_nobody', 'This is not here'),

  'console-applications': (s) => opens(s, '/clients', 'Notes demo'),
  'console-application': (s) => opens(s, '/clients/notes', 'redirect_uris'),

  'console-failures-none': (s) => opens(s, '/failures?client=nobody', 'Nothing was refused'),
  'console-failures': async (s) => {
    const anna = await s.person();
    await anna.open(authorizeURL(s, { redirect_uri: s.partner.url + '/callbak' }));
    await anna.open(authorizeURL(s, { code_challenge: null, code_challenge_method: null }));
    return comes(await enters(s, '/failures'), 'PKCE');
  },

  'console-mail-none': (s) => opens(s, '/mail', 'No letter waits'),
  'console-mail': (s) => mailDown(s, async () => {
    const page = await enters(s, '/mail');
    return [page, async () => {
      for (const name of ['anna', 'maximiliane.charlotte-von-der-wiesenhagen.of.department']) await sees(await (await s.person(name)).askAt(s.notes), 'Still sending');
      await comes(page, 'maximiliane');
    }];
  }),

  'console-keys': (s) => opens(s, '/keys', 'ES256'),
  'console-keys-rotate': async (s) => presses(await enters(s, '/keys'), 'link', 'Make new keys', 'Make new signing keys?'),

  'console-audit': async (s) => presses((await shows(s)).page, 'link', 'What happened', 'Audit log'),
  'console-audit-none': (s) => opens(s, '/audit?name=nothing', 'Nothing of the kind happened'),

  'console-refused': async (s) => {
    const eve = await s.person('eve');
    const page = await eve.open(s.world.admin);
    await eve.giveAddress(page);
    await eve.typeCode(page, (await eve.mail()).code);
    await seesTitle(page, 'You are not an administrator');
    return page;
  },
  'console-signed-out': async (s) => presses(await enters(s), 'button', 'Sign out', 'You are signed out'),
  'console-too-late': async (s) => {
    const { anna, page } = await shows(s);
    await presses(page, 'link', 'Disable', `Disable ${anna.email}?`);
    await s.advance('61m');
    return presses(page, 'button', 'Disable', 'You are signed out');
  },
  'console-prove-first': async (s) => {
    const { anna, page } = await shows(s);
    await presses(page, 'link', 'Delete', `Delete ${anna.email} for good?`);
    await s.advance('21m');
    return presses(page, 'button', 'Delete for good', 'Prove your mailbox first');
  },
};
