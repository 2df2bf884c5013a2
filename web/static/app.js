// Progressive enhancement only: every page works without this file. Written in
// plain ES5 so that old and embedded browsers run it too.
(function () {
  'use strict';

  // send submits a form as its button would.
  function send(form) {
    if (form.requestSubmit) form.requestSubmit(); else form.querySelector('button[type=submit]').click();
  }

  function each(selector, fn) { Array.prototype.forEach.call(document.querySelectorAll(selector), fn); }

  // Tabs of one sign-in agree on which of them goes on. Whoever claims the sign-in
  // first goes; the claim stays, so that Back and late tabs know it is finished.
  function key(id) { return 'idp-done-' + id; }
  // A browser that keeps nothing may refuse even to name the area.
  function stored(area, id) { try { return window[area].getItem(key(id)); } catch (e) { return null; } }
  function store(area, id, value) { try { if (value) window[area].setItem(key(id), value); else window[area].removeItem(key(id)); } catch (e) { } }
  function keeps() {
    store('localStorage', 'probe', String(Date.now()));
    return stored('localStorage', 'probe') !== null;
  }
  function mine(id) { return stored('sessionStorage', id) !== null; }
  function claim(id, then) {
    var take = function () {
      if (stored('localStorage', id) !== null) { then(false); return; }
      store('localStorage', id, String(Date.now()));
      store('sessionStorage', id, '1');
      then(true);
    };
    if (navigator.locks && navigator.locks.request) navigator.locks.request(key(id), take).then(null, take); else take();
  }
  try { // forget old claims
    Object.keys(localStorage).forEach(function (k) {
      if (k.indexOf('idp-done-') === 0 && Date.now() - Number(localStorage.getItem(k)) > 3600000) localStorage.removeItem(k);
    });
  } catch (e) { }
  var channel = window.BroadcastChannel ? new BroadcastChannel('idp-login') : null;
  // Without both, tabs cannot agree: then none goes on by itself, as without script.
  var agree = channel && keeps();

  // The reader's own way to write a time, if the page speaks the reader's language,
  // with the digits of the rest of the page.
  var lang = document.documentElement.lang, own = navigator.language || '';
  var tongue = own.split('-')[0] === lang.split('-')[0] ? own : lang;
  if (tongue.indexOf('-u-') < 0) tongue += '-u-nu-latn';

  // Times in the reader's own clock: the hour, and the day unless it is today.
  function clock(el) {
    var d = new Date(el.getAttribute('datetime')), now = new Date();
    if (isNaN(d) || !window.Intl) return;
    var form = { hour: '2-digit', minute: '2-digit' };
    if (d.toDateString() !== now.toDateString()) { form.day = 'numeric'; form.month = 'short'; }
    if (d.getFullYear() !== now.getFullYear()) form.year = 'numeric';
    el.textContent = d.toLocaleString(tongue, form);
  }
  each('time[data-clock]', clock);

  // A submitted button says what is going on and cannot be pressed twice.
  each('form', function (form) {
    form.addEventListener('submit', function (e) {
      if (form.getAttribute('data-sent')) { e.preventDefault(); return; }
      form.setAttribute('data-sent', '1');
      var tabs = form.querySelector('input[name=tabs]');
      if (tabs && agree) tabs.value = '1'; // the tabs agree, however the form is sent
      var busy = form.getAttribute('data-busy'), button = form.querySelector('button[type=submit]');
      if (busy && button) { button.setAttribute('data-label', button.textContent); button.textContent = busy; }
    });
  });
  // Coming back with the Back button finds the forms usable again.
  window.addEventListener('pageshow', function (e) {
    if (!e.persisted) return;
    each('form[data-sent]', function (form) {
      form.removeAttribute('data-sent');
      var button = form.querySelector('button[data-label]');
      if (button) button.textContent = button.getAttribute('data-label');
    });
  });

  // Countdowns: a button stays disabled until its time has come.
  each('[data-countdown]', function (el) {
    var end = new Date(el.getAttribute('data-countdown')).getTime();
    var pattern = el.getAttribute('data-countdown-text'), label = el.textContent;
    if (isNaN(end)) return;
    function tick() {
      var left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) {
        el.textContent = el.getAttribute('data-countdown-end') || label;
        if (el.tagName === 'BUTTON') el.disabled = false;
        return;
      }
      el.textContent = pattern.replace('%', Math.floor(left / 60) + ':' + ('0' + left % 60).slice(-2));
      if (el.tagName === 'BUTTON') el.disabled = true;
      setTimeout(tick, 500);
    }
    tick();
  });

  // Forms that only carry something on.
  each('form[data-auto]', function (form) {
    var go = function () {
      if (form.getAttribute('data-sent')) return;
      send(form);
    };
    if (form.getAttribute('data-auto') === 'now') { go(); return; }
    // Signing in takes a page that somebody looks at: not one that was
    // prerendered or opened in the background.
    var check = function () {
      if (document.prerendering || document.visibilityState === 'hidden') return;
      document.removeEventListener('visibilitychange', check);
      go();
    };
    document.addEventListener('visibilitychange', check);
    document.addEventListener('prerenderingchange', check);
    check();
  });

  // Work: a number for which the hash of the task and the number begins with so
  // many zero bits. In pieces, so that the page stays alive.
  each('form[data-task]', function (form) {
    var task = form.getAttribute('data-task'), bits = Number(form.getAttribute('data-bits')), n = 0;
    var line = document.getElementById('work-status');
    var say = function (what) { line.textContent = form.getAttribute('data-' + what); };
    var able = window.crypto && crypto.subtle && window.TextEncoder && window.Promise, encoder = able && new TextEncoder();
    var zeros = function (hash) {
      var b = new Uint8Array(hash), count = 0, i = 0;
      while (i < b.length && b[i] === 0) { count += 8; i++; }
      return i < b.length ? count + Math.clz32(b[i]) - 24 : count;
    };
    var piece = function () {
      var first = n, all = [];
      for (; n < first + 1024; n++) all.push(crypto.subtle.digest('SHA-256', encoder.encode(task + ':' + n)));
      Promise.all(all).then(function (hashes) {
        for (var i = 0; i < hashes.length; i++) {
          if (zeros(hashes[i]) >= bits) {
            form.querySelector('input[name=answer]').value = String(first + i);
            say('done');
            // A button whose id is submit hides the form's own method.
            HTMLFormElement.prototype.submit.call(form);
            return;
          }
        }
        setTimeout(piece, 0);
      }, function () { say('failed'); });
    };
    var begun = false, start = function () {
      if (begun) return;
      begun = true;
      if (!able) { say('failed'); return; }
      say('working');
      piece();
    };
    if (!form.hasAttribute('data-widget')) { start(); return; }
    // A provider's test goes first; work takes over where its script does not come, and
    // for whoever cannot take the test.
    var instead = document.getElementById('instead');
    var take = function () {
      document.getElementById('work-why').textContent = form.getAttribute('data-widget');
      document.getElementById('widget').hidden = true;
      document.getElementById('submit').hidden = true;
      instead.hidden = true;
      start();
    };
    var unlessShown = function () {
      if (!begun && !window.turnstile && !window.hcaptcha) take();
    };
    instead.hidden = !able;
    instead.addEventListener('click', take);
    window.addEventListener('load', unlessShown);
    setTimeout(unlessShown, 10000);
  });

  // The page that tells applications of a sign-out goes on when all of them were
  // loaded, or did not answer for a while.
  each('[data-page=signed-out][data-next]', function (el) {
    var go = function () {
      if (el.getAttribute('data-sent')) return;
      el.setAttribute('data-sent', '1');
      location.replace(el.getAttribute('data-next'));
    };
    if (document.readyState === 'complete') { go(); return; }
    window.addEventListener('load', go);
    setTimeout(go, 5000);
  });

  // A button that a person has to press: the page says whether somebody did. Mail
  // scanners run scripts and submit forms, but they touch nothing. An old browser
  // that cannot tell is like one without script.
  each('form[data-gesture]', function (form) {
    var field = form.querySelector('input[name=gesture]');
    field.value = 'none';
    ['pointerdown', 'keydown', 'touchstart', 'mousedown', 'click'].forEach(function (type) {
      document.addEventListener(type, function (e) { if (e.isTrusted !== false) field.value = 'seen'; }, true);
    });
  });

  var done = document.getElementById('done');
  if (agree && done && done.getAttribute('data-challenge')) {
    var id = done.getAttribute('data-challenge');
    var finished = function () {
      if (mine(id)) return;
      // There is nothing left to do here, so the button steps back.
      document.getElementById('done-elsewhere').hidden = false;
      document.getElementById('continue').className += ' quiet';
    };
    if (stored('localStorage', id) !== null) {
      finished();
    } else {
      // The tab that waits goes first, if there is one.
      channel.postMessage({ type: 'approved', challenge: id });
      setTimeout(function () {
        claim(id, function (first) { if (first) location.replace(done.getAttribute('data-next')); else finished(); });
      }, 800);
    }
  }

  var wait = document.getElementById('wait');
  if (!wait) return;

  // The waiting page: live status, and going on by itself.
  var challenge = wait.getAttribute('data-challenge'), leaving = false;
  if (mine(challenge)) { // it claimed with a code that turned out wrong
    store('localStorage', challenge, null);
    store('sessionStorage', challenge, null);
  }
  function goOn() {
    if (leaving) return;
    leaving = true;
    if (!agree) { location.reload(); return; }
    claim(challenge, function (first) {
      if (first) location.replace(wait.getAttribute('data-next')); else location.reload();
    });
  }
  window.addEventListener('pageshow', function (e) { if (e.persisted) location.reload(); });
  if (channel) {
    channel.onmessage = function (e) {
      if (e.data && e.data.type === 'approved' && e.data.challenge === challenge) goOn();
    };
  }
  // The line is announced when it changes, so it is left alone until then.
  function showDelivery(s) {
    var line = document.getElementById('delivery'), text = document.createElement('span');
    if (!line) return;
    text.appendChild(document.createTextNode(s.text));
    if (s.at) {
      var time = document.createElement('time');
      time.setAttribute('datetime', s.at);
      time.textContent = s.at.slice(11, 16) + ' UTC';
      clock(time);
      text.appendChild(time);
      text.appendChild(document.createTextNode(s.rest));
    }
    if (line.textContent !== text.textContent) line.replaceChild(text, line.firstChild);
    line.setAttribute('data-state', s.state);
  }
  var asked = 0;
  function poll() {
    if (leaving || !window.fetch) return; // the page is complete without
    if (document.visibilityState === 'hidden') { setTimeout(poll, 2000); return; }
    fetch(wait.getAttribute('data-status'), { credentials: 'same-origin', cache: 'no-store' }).then(function (r) {
      if (r.status === 410) location.reload(); // over: the page itself says why
      return r.ok ? r.json() : null;
    }).then(function (s) {
      if (s && s.approved) { goOn(); return; }
      if (s) showDelivery(s);
    }).catch(function () { }).then(function () {
      asked++;
      setTimeout(poll, asked < 30 ? 2000 : asked < 100 ? 5000 : 15000);
    });
  }
  setTimeout(poll, 1000);

  // The code: any digits in, six digits or eight characters submitted once.
  var code = document.getElementById('code'), form = document.getElementById('code-form');
  if (!code) return;
  function digits(text) {
    var s = text.normalize ? text.normalize('NFKC') : text;
    s = s.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, function (c) { return String(c.charCodeAt(0) & 15); });
    return s.replace(/[^0-9]/g, '');
  }
  form.addEventListener('submit', function () {
    // With the right code this very tab goes on; nothing else here may.
    leaving = true;
    store('localStorage', challenge, String(Date.now()));
    store('sessionStorage', challenge, '1');
  });
  code.addEventListener('input', function () {
    // Long codes begin with a letter; of anything else the digits count.
    var plain = code.value.replace(/[\s-]/g, ''), whole = /^[a-z][0-9a-z]{7}$/i.test(plain);
    if (!whole && code.hasAttribute('data-length') && /[a-z]/i.test(plain)) return;
    var d = whole ? plain : digits(code.value);
    if ((whole || d.length === 6) && !form.getAttribute('data-sent')) {
      code.value = d;
      send(form);
    }
  });
})();
