// Reads the mail of the world through the inbox's JSON API.
import { setTimeout as pause } from 'node:timers/promises';

const patience = 15_000; // milliseconds

// Mailbox gives each address its mails one after the other.
export class Mailbox {
  #inbox;
  #taken = new Map(); // address → mails given out

  constructor(inbox) { this.#inbox = inbox; }

  // next waits for the oldest mail to an address that was not given out yet.
  async next(address) {
    const taken = this.#taken.get(address) ?? 0;
    for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(40)) {
      const { messages } = await this.#get(`search?limit=0&query=${encodeURIComponent('to:' + address)}`);
      if (messages.length <= taken) continue;
      this.#taken.set(address, taken + 1);
      const mail = await this.#get('message/' + messages[messages.length - 1 - taken].ID); // newest first
      return signsIn(mail) ? letter(mail) : this.next(address);
    }
    throw new Error(`no mail number ${taken + 1} to ${address} in ${patience / 1000} seconds`);
  }

  // count is the number of mails an address ever got.
  async count(address) {
    return (await this.#get(`search?limit=0&query=${encodeURIComponent('to:' + address)}`)).messages_count;
  }

  async #get(path) {
    const answer = await fetch(`${this.#inbox}/api/v1/${path}`);
    if (!answer.ok) throw new Error(`inbox, ${path}: ${answer.status}`);
    return answer.json();
  }
}

// signsIn is not true of mails that tell what happened in a person's name.
const signsIn = ({ Text: text }) => /^@\S+ #\S+$/m.test(text);

// letter is what a person takes from a mail.
function letter({ Subject: subject, Text: text, HTML: html }) {
  const code = text.match(/^@\S+ #(\S+)$/m)?.[1]; // where a browser may read it
  const [link] = text.match(/^http:\S+\/l\/\S+$/m);
  const notMe = text.match(/^http:\S+\/n\/\S+$/m)?.[0];
  const number = text.match(/shows the number (\d\d)\./)?.[1]; // in English, where a page waits
  return { subject, text, html, code, link, notMe, number };
}
