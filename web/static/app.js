// Progressive enhancement only: every page works without this file. Written in
// plain ES5 so that old and embedded browsers run it too.
(function () {
  'use strict';

  function each(selector, fn) { Array.prototype.forEach.call(document.querySelectorAll(selector), fn); }

  // Times in the reader's own clock.
  each('time[data-clock]', function (el) {
    var d = new Date(el.getAttribute('datetime'));
    if (!isNaN(d)) el.textContent = d.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  });

  // A submitted button says what is going on and cannot be pressed twice.
  each('form', function (form) {
    form.addEventListener('submit', function (e) {
      if (form.getAttribute('data-sent')) { e.preventDefault(); return; }
      form.setAttribute('data-sent', '1');
      var tabs = form.querySelector('input[name=tabs]');
      if (tabs && window.BroadcastChannel) tabs.value = '1'; // the tabs agree, however the form is sent
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
        el.textContent = label;
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
      if (form.requestSubmit) form.requestSubmit(); else form.submit();
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
  // scanners run scripts and submit forms, but they touch nothing.
  each('form[data-gesture]', function (form) {
    var field = form.querySelector('input[name=gesture]');
    field.value = 'none';
    ['pointerdown', 'keydown', 'touchstart', 'mousedown', 'click'].forEach(function (type) {
      document.addEventListener(type, function (e) { if (e.isTrusted) field.value = 'seen'; }, true);
    });
  });

  // Tabs of one sign-in agree on which of them goes on. Whoever claims the sign-in
  // first goes; the claim stays, so that Back and late tabs know it is finished.
  function key(id) { return 'idp-done-' + id; }
  function stored(area, id) { try { return area.getItem(key(id)); } catch (e) { return null; } }
  function store(area, id, value) { try { if (value) area.setItem(key(id), value); else area.removeItem(key(id)); } catch (e) { } }
  function mine(id) { return stored(sessionStorage, id) !== null; }
  function claim(id, then) {
    var take = function () {
      if (stored(localStorage, id) !== null) { then(false); return; }
      store(localStorage, id, String(Date.now()));
      store(sessionStorage, id, '1');
      then(true);
    };
    if (navigator.locks && navigator.locks.request) navigator.locks.request(key(id), take); else take();
  }
  try { // forget old claims
    Object.keys(localStorage).forEach(function (k) {
      if (k.indexOf('idp-done-') === 0 && Date.now() - Number(localStorage.getItem(k)) > 3600000) localStorage.removeItem(k);
    });
  } catch (e) { }
  var channel = window.BroadcastChannel ? new BroadcastChannel('idp-login') : null;

  var done = document.getElementById('done');
  if (done && done.getAttribute('data-challenge')) {
    var id = done.getAttribute('data-challenge');
    var finished = function () {
      document.getElementById('continue').href = done.getAttribute('data-home');
      document.title = 'Signed in';
      if (mine(id)) return;
      document.getElementById('done-elsewhere').hidden = false;
      document.getElementById('done-text').hidden = true;
    };
    if (stored(localStorage, id) !== null) {
      finished();
    } else {
      // The tab that waits goes first, if there is one.
      if (channel) channel.postMessage({ type: 'approved', challenge: id });
      setTimeout(function () {
        claim(id, function (first) { if (first) location.replace(done.getAttribute('data-next')); else finished(); });
      }, channel ? 800 : 0);
    }
  }

  var wait = document.getElementById('wait');
  if (!wait) return;

  // The waiting page: live status, and going on by itself.
  var challenge = wait.getAttribute('data-challenge'), leaving = false;
  if (mine(challenge)) { // it claimed with a code that turned out wrong
    store(localStorage, challenge, null);
    store(sessionStorage, challenge, null);
  }
  function goOn() {
    if (leaving) return;
    leaving = true;
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
  var asked = 0;
  function poll() {
    if (leaving) return;
    if (document.visibilityState === 'hidden') { setTimeout(poll, 2000); return; }
    fetch(wait.getAttribute('data-status'), { credentials: 'same-origin', cache: 'no-store' }).then(function (r) {
      return r.ok ? r.json() : null;
    }).then(function (s) {
      if (s && s.approved) { goOn(); return; }
      if (s) {
        var line = document.getElementById('delivery');
        if (line.textContent !== s.text) line.textContent = s.text;
        line.setAttribute('data-state', s.state);
      }
    }).catch(function () { }).then(function () {
      asked++;
      setTimeout(poll, asked < 30 ? 2000 : asked < 100 ? 5000 : 15000);
    });
  }
  setTimeout(poll, 1000);

  // The code: any digits in, six digits submitted once.
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
    store(localStorage, challenge, String(Date.now()));
    store(sessionStorage, challenge, '1');
  });
  code.addEventListener('input', function () {
    var d = digits(code.value);
    if (d.length === 6 && !form.getAttribute('data-sent')) {
      code.value = d;
      if (form.requestSubmit) form.requestSubmit(); else form.submit();
    }
  });
})();
