"use strict";

// The pages are complete without this script. It shows times as the reader's
// clock does and brings new mail into an open list.

const everyMs = 2000;

function showLocalTimes(root) {
  const today = new Date().toDateString();
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.textContent = at.toDateString() === today
      ? at.toLocaleTimeString()
      : at.toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    time.title = at.toLocaleString();
  }
}

// currentState builds the text the server writes into data-state.
async function currentState() {
  const answer = await fetch("/api/v1/messages?limit=1");
  const list = await answer.json();
  return `${list.total}:${list.messages[0]?.ID ?? ""}`;
}

// takeOver replaces the list by the one of a fresh page and keeps the place of
// a reader who moves by keyboard.
function takeOver(fresh) {
  const before = document.getElementById("mail");
  const after = document.importNode(fresh.getElementById("mail"), true);
  const focused = before.contains(document.activeElement)
    ? document.activeElement.getAttribute("href") : null;
  const known = new Set(Array.from(before.querySelectorAll("h2 a"), (link) => link.pathname));

  showLocalTimes(after);
  before.replaceWith(after);
  document.title = fresh.title;
  document.getElementById("count").textContent = fresh.getElementById("count").textContent;
  if (focused) after.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();

  const arrived = Array.from(after.querySelectorAll("h2 a")).filter((link) => !known.has(link.pathname));
  for (const link of arrived) link.closest("li").classList.add("new");
  document.getElementById("news").textContent =
    arrived.length > 0 ? `New mail: ${arrived[0].textContent}` : "";
}

async function watch() {
  const live = document.getElementById("live");
  try {
    if (await currentState() !== document.getElementById("mail").dataset.state) {
      const page = await fetch(location.href);
      takeOver(new DOMParser().parseFromString(await page.text(), "text/html"));
    }
    live.textContent = "Shows new mail by itself";
  } catch {
    live.textContent = "The server does not answer. Trying again.";
  }
  setTimeout(watch, everyMs);
}

showLocalTimes(document);
if (document.getElementById("mail")) {
  document.getElementById("refresh").hidden = true;
  document.getElementById("live").hidden = false;
  setTimeout(watch, everyMs);
}
