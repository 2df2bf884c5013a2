// Package doctor finds what will keep mails from arriving or people from signing in,
// and says for each finding what to do about it.
//
// A Check looks at one thing and returns findings; Run runs them and makes a Report,
// which prints itself for people and for programs. What a check needs of the world
// stands in Subject: the configuration, a resolver, the database, the providers. The
// checks are independent: each says what it saw, whatever became of the others.
//
// The doctor changes nothing. It writes one mail to each provider if it is asked to
// (Mailbox), and can later compare that mail, as it arrived, with what was sent:
// everything in it follows from an id and the root secret, so nothing is stored.
package doctor
