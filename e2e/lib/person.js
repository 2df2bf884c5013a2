// A person at one browser: what they do, in their words.
import { seesSignedIn, seesTitle } from './see.js';

export class Person {
  // scenario is the test's, context a browser of its own, email theirs.
  constructor(scenario, context, email) { Object.assign(this, { scenario, context, email }); }

  async open(url) {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  // startAt presses "Sign in" at an application, which leads to the address form.
  async startAt(app) {
    const page = await this.open(app.url);
    await page.getByRole('link', { name: 'Sign in with your e-mail' }).click();
    await seesTitle(page, 'Sign in');
    return page;
  }

  // giveAddress fills in the form, which leads to the waiting page.
  async giveAddress(page, email = this.email) {
    await page.getByLabel('Your e-mail address').fill(email);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await seesTitle(page, 'Check your mail');
    return page;
  }

  // askAt starts at an application and returns the waiting page.
  async askAt(app) { return this.giveAddress(await this.startAt(app)); }

  // mail waits for the next mail to this person.
  mail() { return this.scenario.mailbox.next(this.email); }

  // typeCode types as a person does: with script, the sixth digit sends it.
  async typeCode(page, code) {
    const field = page.getByLabel('Six-digit code');
    await field.fill('');
    await field.pressSequentially(code);
  }

  // tryCode types a code that is refused, and waits for the page that says so.
  async tryCode(page, code) {
    await Promise.all([page.waitForEvent('domcontentloaded'), this.typeCode(page, code)]);
  }

  // signInAt is the whole of it, by code, and returns the application's page.
  async signInAt(app) {
    const page = await this.askAt(app);
    await this.typeCode(page, (await this.mail()).code);
    await seesSignedIn(page, app, this.email);
    return page;
  }
}
