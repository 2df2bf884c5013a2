// Takes a picture of every page state, light and dark, on a phone and on a desk,
// and lays them out on one sheet:
//
//   node screenshots.js [directory] [state…]
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launch } from './lib/browser.js';
import { consoles } from './lib/console.js';
import { Mailbox } from './lib/mailbox.js';
import { Scenario } from './lib/scenario.js';
import { startWorld } from './lib/server.js';
import { letters } from './lib/locales.js';
import { states as pages } from './lib/states.js';

const states = { ...pages, ...consoles, ...letters };
const [directory = 'screenshots', ...only] = process.argv.slice(2);
const names = Object.keys(states).filter((name) => only.length === 0 || only.includes(name));
const looks = ['light', 'dark'].flatMap((theme) => [390, 1280].map((width) => ({ theme, width })));
const file = (name, { theme, width }) => `${name}-${theme}-${width}.png`;

async function picture(page, name, look) {
  await page.emulateMedia({ colorScheme: look.theme });
  await page.setViewportSize({ width: look.width, height: look.width === 390 ? 844 : 800 });
  await page.screenshot({ path: join(directory, file(name, look)), fullPage: true, animations: 'disabled' });
}

function sheet() {
  const cell = (name, look) => `<td><a href="${file(name, look)}"><img src="${file(name, look)}" alt="${name}, ${look.theme}, ${look.width}" width="${look.width === 390 ? 195 : 480}"></a></td>`;
  const rows = names.map((name) => `<tr><th scope="row">${name}</th>${looks.map((look) => cell(name, look)).join('')}</tr>`);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body { font: 14px system-ui; background: #999 } td, th { padding: 6px; vertical-align: top; text-align: start }</style>
<table><tr><th></th>${looks.map((l) => `<th scope="col">${l.theme}, ${l.width}</th>`).join('')}</tr>
${rows.join('\n')}
</table></html>
`;
}

await mkdir(directory, { recursive: true });
const [world, browser] = await Promise.all([startWorld(), launch()]);
try {
  const mailbox = new Mailbox(world.inbox);
  for (const name of names) {
    const scenario = new Scenario(world, browser, mailbox);
    const page = await states[name](scenario);
    for (const look of looks) await picture(page, name, look);
    await scenario.close();
  }
} finally {
  await browser.close();
  await world.stop();
}
await writeFile(join(directory, 'index.html'), sheet());
console.log(`${names.length * looks.length} pictures: ${resolve(directory, 'index.html')}`);
