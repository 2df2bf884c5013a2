// More states, of the pages that only some people meet: links opened elsewhere,
// devices, applications that nobody declared or that are not for everybody.
import { authorizeURL } from './authorize.js';
import { bySecret, clientOf, walk } from './foreign.js';
import { sees, seesTitle } from './see.js';

// asks is a person who waits for a mail to sign in at one of the applications,
// and that mail.
async function asks(s, client) {
  const anna = await s.person();
  const page = await anna.open(authorizeURL(s, { client_id: client }));
  await anna.giveAddress(page);
  return { anna, page, mail: await anna.mail() };
}

// proves is the same person one page further, which has the title.
async function proves(s, client, title) {
  const { anna, page, mail } = await asks(s, client);
  await anna.typeCode(page, mail.code);
  await seesTitle(page, title);
  return page;
}

async function opens(person, url, title) {
  const page = await person.open(url);
  await seesTitle(page, title);
  return page;
}

const here = 'Sign in on this device?';

export const elsewhere = {
  'link-asks-address': async (s) => opens(await s.person(), (await asks(s, 'careful')).mail.link, here),
  'link-wrong-address': async (s) => {
    const page = await elsewhere['link-asks-address'](s);
    await s.reads();
    await page.getByLabel('Which address').fill('somebody.else@example.com');
    await page.getByRole('button', { name: 'Sign in on this device instead' }).click();
    await sees(page, 'The mail did not go to that address.');
    return page;
  },
  'link-code-only': async (s) => opens(await s.person(), (await asks(s, 'codes')).mail.link, 'Use the code from the mail'),
  'link-known': async (s) => {
    const anna = await s.person();
    const phone = await s.elsewhere(anna);
    await phone.signInAt(s.notes);
    await anna.askAt(s.notes);
    const page = await opens(phone, (await anna.mail()).link, here);
    await sees(page, 'This one knows you as');
    return page;
  },
  'link-other-account': async (s) => {
    const ben = await s.person('ben');
    await ben.signInAt(s.notes);
    const page = await opens(ben, (await asks(s, 'front')).mail.link, here);
    await sees(page, 'That would end here.');
    return page;
  },
  'link-native': async (s) => {
    const anna = await s.person();
    const answer = await fetch(s.issuer + '/v1/auth/magic-link/send', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: anna.email, app_id: 'phone' }),
    });
    if (!answer.ok) throw new Error(`no mail: ${answer.status}`);
    return opens(anna, (await anna.mail()).link, 'Go back to the app');
  },
  'not-me': async (s) => opens(await s.person(), (await asks(s, 'front')).mail.notMe, 'Was it not you?'),
  'not-me-done': async (s) => {
    const page = await elsewhere['not-me'](s);
    await page.getByRole('button', { name: 'It was not me: cancel it' }).click();
    await seesTitle(page, 'This sign-in is cancelled');
    return page;
  },
  'not-me-unknown': async (s) => opens(await s.person(), s.issuer + '/n/cut', 'This link is no longer known'),
  'wait-cancelled': async (s) => {
    const { anna, page, mail } = await asks(s, 'front');
    const other = await anna.open(mail.notMe);
    await other.getByRole('button', { name: 'It was not me: cancel it' }).click();
    await seesTitle(other, 'This sign-in is cancelled');
    await page.reload();
    await seesTitle(page, 'This sign-in was cancelled');
    return page;
  },
};

// television shows its code, which the person has typed.
async function television(s) {
  const answer = await fetch(s.issuer + '/oauth/device_authorization', { method: 'POST', body: new URLSearchParams({ client_id: 'tv', scope: 'openid email profile' }) });
  const code = await answer.json();
  const anna = await s.person();
  const page = await opens(anna, code.verification_uri_complete, 'Connect a device');
  await page.getByRole('button', { name: 'Go on' }).click();
  await anna.giveAddress(page);
  await anna.typeCode(page, (await anna.mail()).code);
  await seesTitle(page, 'Connect Television?');
  return page;
}

export const devices = {
  'device': async (s) => opens(await s.person(), s.issuer + '/device', 'Connect a device'),
  'device-error': async (s) => {
    const page = await devices['device'](s);
    await page.getByLabel('Code').fill('BBBB-BBBB');
    await page.getByRole('button', { name: 'Go on' }).click();
    await sees(page, "That code isn't right");
    return page;
  },
  'device-connect': television,
  'device-connected': async (s) => {
    const page = await television(s);
    await page.getByRole('button', { name: 'Connect this device' }).click();
    await seesTitle(page, 'Connected');
    return page;
  },
  'device-not-connected': async (s) => {
    const page = await television(s);
    await page.getByRole('button', { name: 'Do not connect' }).click();
    await seesTitle(page, 'Not connected');
    return page;
  },
  'device-too-late': async (s) => {
    const page = await television(s);
    await s.advance('16m');
    await page.reload();
    await seesTitle(page, 'That took too long');
    return page;
  },
};

// partnerIn signs in to the partner, which hears of sign-outs in a frame.
async function partnerIn(s) {
  const anna = await s.person();
  await walk(s, await clientOf(s, 'partner', bySecret(s)), anna, { allow: (page) => page.getByRole('button', { name: 'Allow', exact: true }).click() });
  return anna.context.pages()[0];
}

export const others = {
  'denied': (s) => proves(s, 'club', 'No access with this address'),
  'consent-described': (s) => proves(s, s.world.documents + '/client.json', 'Allow Travel agent?'),
  'consent-registered': async (s) => {
    const answer = await fetch(s.issuer + '/oauth/register', {
      method: 'POST', headers: { 'Authorization': `Bearer ${s.world.registrationToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ client_name: 'Weather', redirect_uris: [s.partner.url + '/callback'], token_endpoint_auth_method: 'none' }),
    });
    return proves(s, (await answer.json()).client_id, 'Allow Weather?');
  },
  'signed-out-frames': async (s) => {
    const page = await partnerIn(s);
    await page.goto(s.issuer + '/account');
    await page.getByRole('button', { name: 'Sign out of this browser' }).click();
    await seesTitle(page, 'You are signed out');
    return page;
  },
  'signed-out-goes-on': async (s) => {
    const page = await partnerIn(s);
    await page.route(s.partner.url + '/elsewhere**', (route) => route.fulfill({ status: 204 })); // it stays
    const url = new URL(s.issuer + '/end_session');
    url.search = new URLSearchParams({ client_id: 'partner', post_logout_redirect_uri: s.partner.url + '/elsewhere' });
    await page.goto(url.href);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await seesTitle(page, 'You are signed out');
    await sees(page, 'Going on to Partner in a moment');
    return page;
  },
};
