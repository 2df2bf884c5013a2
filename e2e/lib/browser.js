// The browser, and what must hold in it whatever a test does.
import { chromium } from 'playwright-core';

export const patience = 15_000; // milliseconds that a page may take to show something

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  });
}

// watch notes what no page may ever do: break its content security policy, throw,
// or ask another machine but the expected hosts. It returns the list, which grows.
export function watch(context, expected = []) {
  const faults = [];
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  context.on('weberror', (e) => faults.push(`uncaught: ${e.error()}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const local = ['localhost', '127.0.0.1', ...expected].includes(url.hostname) || ['data:', 'blob:'].includes(url.protocol);
    if (!local) faults.push(`request to ${url.href}`);
  });
  return faults;
}
