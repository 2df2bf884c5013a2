// An application without a server: oidc-client-ts, a public client with PKCE. The
// tokens live in this tab only.
const manager = new oidc.UserManager({
  authority: issuer, client_id: 'example-spa', scope: 'openid email profile',
  redirect_uri: location.origin + '/', silent_redirect_uri: location.origin + '/silent.html', post_logout_redirect_uri: location.origin + '/',
  userStore: new oidc.WebStorageStateStore({ store: sessionStorage }), automaticSilentRenew: true, loadUserInfo: true,
});

const element = (id) => document.getElementById(id);

function show(user) {
  element('who').innerHTML = '';
  if (user) {
    const email = document.createElement('b');
    email.id = 'email';
    email.textContent = user.profile.email;
    element('who').append('Signed in as ', email);
  }
  element('login').hidden = !!user;
  element('logout').hidden = element('renew').hidden = !user;
}

const say = (text) => { element('news').textContent = text; };
const trouble = (error) => say('That did not work: ' + error.message);

element('login').onclick = () => manager.signinRedirect().catch(trouble);
element('logout').onclick = () => manager.signoutRedirect().catch(trouble);
element('renew').onclick = async () => {
  try {
    const before = await manager.getUser();
    const after = await manager.signinSilent(); // prompt=none in a frame that nobody sees
    say(after.access_token !== before.access_token ? 'Renewed' : 'Nothing changed');
    show(after);
  } catch (error) { trouble(error); }
};

(async () => {
  try {
    if (new URLSearchParams(location.search).has('state')) {
      if (location.search.includes('code=') || location.search.includes('error=')) await manager.signinRedirectCallback();
      else await manager.signoutRedirectCallback();
      history.replaceState(null, '', '/');
    }
    show(await manager.getUser());
  } catch (error) { trouble(error); show(null); }
})();
