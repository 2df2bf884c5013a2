// Hands the answer of a silent renewal to the page that this frame belongs to.
new oidc.UserManager({ authority: '', client_id: '', redirect_uri: '' }).signinSilentCallback();
