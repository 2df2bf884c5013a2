// The providers of captchas, as browsers meet them: what their documentation says
// that their scripts do, done by scripts of ours. The page, its policy and the
// server are real; only what would come from the provider's machines is not.
import { sees } from './see.js';

// https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/:
// the element becomes a frame of 300 by 65 px, and the form gets a hidden field.
const turnstile = {
  name: 'turnstile', hosts: ['challenges.cloudflare.com'],
  script: 'https://challenges.cloudflare.com/turnstile/v0/api.js',
  frame: 'https://challenges.cloudflare.com/cdn-cgi/challenge', width: 300, height: 65,
  selector: '.cf-turnstile', fields: ['cf-turnstile-response'], fieldKind: 'input', global: 'turnstile',
};

// https://docs.hcaptcha.com: a frame of 303 by 78 px and two fields, the second for
// pages that were made for another provider; styles and calls of its own as well.
const hcaptcha = {
  name: 'hcaptcha', hosts: ['js.hcaptcha.com', 'newassets.hcaptcha.com', 'api.hcaptcha.com'],
  script: 'https://js.hcaptcha.com/1/api.js',
  frame: 'https://newassets.hcaptcha.com/captcha.html', width: 303, height: 78,
  selector: '.h-captcha', fields: ['h-captcha-response', 'g-recaptcha-response'], fieldKind: 'textarea', global: 'hcaptcha',
  sheet: 'https://newassets.hcaptcha.com/captcha.css', call: 'https://api.hcaptcha.com/checksiteconfig',
};

export const providers = [turnstile, hcaptcha];

// open lets a provider answer in the browser of a person. Whoever presses its box
// gets a token, which is good unless honest is false.
export async function open(person, provider, { honest = true } = {}) {
  const headers = { 'Access-Control-Allow-Origin': '*' };
  const answers = {
    [provider.script]: { contentType: 'text/javascript', body: `(${widget})(${JSON.stringify(provider)})` },
    [provider.frame]: { contentType: 'text/html', body: box(honest) },
    [provider.sheet]: { contentType: 'text/css', headers, body: 'iframe { border-radius: 4px }' },
    [provider.call]: { contentType: 'application/json', headers, body: '{"pass":true}' },
  };
  await everywhere(person, provider, (route) => {
    const { origin, pathname } = new URL(route.request().url());
    const answer = answers[origin + pathname];
    return answer ? route.fulfill(answer) : route.abort();
  });
}

// blocked is a browser that lets nothing of a provider in; silent one in which it
// never answers.
export const blocked = (person, provider) => everywhere(person, provider, (route) => route.abort('blockedbyclient'));
export const silent = (person, provider) => everywhere(person, provider, () => {});

const everywhere = (person, provider, answer) => person.context.route((url) => provider.hosts.includes(url.hostname), answer);

// pass is what a person does in the provider's frame.
export async function pass(page, provider) {
  const frame = page.frameLocator(`${provider.selector} iframe`);
  await frame.getByLabel('I am a person').click();
  await sees(frame, 'Passed');
}

// widget is the provider's script; it runs in our page.
function widget({ selector, fields, fieldKind, global, frame, width, height, sheet, call }) {
  function render(el) {
    const all = fields.map((name) => {
      const field = document.createElement(fieldKind);
      field.name = name;
      field.style.display = 'none';
      return el.appendChild(field);
    });
    const { sitekey, action } = el.dataset;
    const asked = new URLSearchParams({ sitekey, ...(action && { action }) });
    const inner = Object.assign(document.createElement('iframe'), { src: `${frame}?${asked}`, title: 'Test of the provider', width, height });
    inner.style.border = 'none';
    el.appendChild(inner);
    window.addEventListener('message', (e) => {
      if (e.source === inner.contentWindow) for (const field of all) field.value = e.data;
    });
  }
  async function prepare() {
    if (call) await (await fetch(call, { method: 'POST' })).json();
    if (!sheet) return;
    // What axe-core may not read it copies into the page, against the page's policy.
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: sheet, crossOrigin: 'anonymous' });
    const loaded = new Promise((good, bad) => Object.assign(link, { onload: good, onerror: bad }));
    document.head.appendChild(link);
    await loaded;
  }
  window[global] = { render };
  const begin = () => prepare().then(() => document.querySelectorAll(selector).forEach(render));
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
}

// box is what the provider shows in its frame. It sees for itself on whose page.
const box = (honest) => `<!doctype html><html lang="en"><title>Test of the provider</title>
<style>body { margin: 0; font: 15px system-ui; background: #fafafa; color: #222 } label { display: block; padding: 20px 12px; border: 1px solid #ddd }</style>
<label><input type="checkbox"> I am a person</label>
<script>
document.querySelector('input').addEventListener('change', () => {
  const asked = new URLSearchParams(location.search), origin = location.ancestorOrigins[0];
  const token = { passed: ${honest}, hostname: new URL(origin).hostname, id: crypto.randomUUID(), ...Object.fromEntries(asked) };
  parent.postMessage(btoa(JSON.stringify(token)), origin);
  document.querySelector('label').textContent = 'Passed';
});
</script></html>`;
