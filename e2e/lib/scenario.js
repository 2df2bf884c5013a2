// One test: its people, their browsers, its world.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, watch } from './browser.js';
import { Mailbox } from './mailbox.js';
import { Person } from './person.js';
import { shown } from './see.js';
import { startWorld } from './server.js';

let people = 0; // every address and network of a run is another

// suite starts a world and a browser for the tests of one file, and returns the
// function that declares a test: (name, async (scenario) => …). Options are those
// of startWorld, and expected: hosts that pages may ask beside this machine.
export function suite({ expected, ...options } = {}) {
  let world, browser, mailbox;
  before(async () => {
    // Both are awaited whatever becomes of either: what is left open would keep the run alive.
    const started = await Promise.allSettled([startWorld(options).then((w) => { world = w; }), launch().then((b) => { browser = b; })]);
    for (const s of started) if (s.status === 'rejected') throw s.reason;
    mailbox = new Mailbox(world.inbox);
  });
  after(async () => {
    await browser?.close();
    await world?.stop();
  });
  return (name, act) => test(name, { timeout: 90_000 }, async () => {
    const scenario = new Scenario(world, browser, mailbox, expected);
    try {
      await act(scenario);
    } catch (e) {
      e.message += await scenario.describe();
      throw e;
    } finally {
      await scenario.close();
    }
    assert.deepEqual(scenario.faults(), [], 'what no page may do');
  });
}

export class Scenario {
  #browser;
  #contexts = [];
  #expected;

  constructor(world, browser, mailbox, expected) {
    this.world = world;
    this.#browser = browser;
    this.#expected = expected;
    this.mailbox = mailbox;
    this.issuer = world.issuer;
    this.notes = { name: 'Notes demo', url: world.notes, clientID: 'notes' };
    this.tasks = { name: 'Tasks demo', url: world.tasks, clientID: 'tasks' };
    this.partner = { name: 'Partner', url: world.partner, clientID: 'partner', clientSecret: world.partnerSecret };
  }

  // person has a browser, a network and an address of their own. Options are
  // Playwright's for a browser context, email, and still: the pages' script does
  // nothing, so that a page stays that would go on by itself.
  async person(name = 'anna', { email, still, ...options } = {}) {
    people++;
    const context = await this.#browser.newContext({
      locale: 'en-GB', userAgent: this.#userAgent(), extraHTTPHeaders: { 'X-Forwarded-For': `198.51.100.${people % 250}` }, ...options,
    });
    this.#contexts.push({ context, faults: watch(context, this.#expected), scripted: options.javaScriptEnabled !== false });
    if (still) await context.route('**/static/app.*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    const time = await this.world.time();
    if (time - Date.now() > 1000) await this.#tellTime(time); // an earlier test moved it
    return new Person(this, context, email ?? `${name}.${people}@example.com`);
  }

  // Headless Chromium says so, and is treated as the program that it is.
  #userAgent() { return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${this.#browser.version()} Safari/537.36`; }

  // reads is the time that a person needs for a link's page before pressing its
  // button; who is faster is taken for a program.
  reads() { return this.world.advance('2s'); }

  // elsewhere is the same person at another browser.
  elsewhere(person, options) { return this.person('', { email: person.email, ...options }); }

  // advance lets time pass, for the servers and for the clocks of the browsers.
  async advance(duration) {
    await this.#tellTime(await this.world.advance(duration));
  }

  async #tellTime(time) {
    for (const entry of this.#contexts.filter((c) => c.scripted)) {
      if (!entry.clock) await entry.context.clock.install({ time });
      else await entry.context.clock.setSystemTime(time);
      entry.clock = true;
    }
  }

  faults() { return this.#contexts.flatMap((c) => c.faults); }

  async close() {
    for (const { context } of this.#contexts) await context.close();
  }

  // describe says what every open page shows.
  async describe() {
    let text = '';
    for (const [i, { context }] of this.#contexts.entries()) {
      for (const page of context.pages()) text += `\n\nbrowser ${i + 1}: ${await shown(page)}`;
    }
    return text;
  }
}
