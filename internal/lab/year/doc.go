// Package year is a laboratory: a scripted year of an installation on a virtual
// clock. It begins with the data of an older schema and lasts 365 days, in which the
// jobs run, keys rotate, configurations change, the root secret is replaced, replicas
// come and go, mail servers and the database fail, a backup is restored, and people
// sign in, stay, refresh and sign out all the time. Each of their acts must succeed or
// fail as the documented lifetimes say.
//
// calendar_test.go lists what happens on which day. It refuses to look into the
// product for what to expect: sessions, refresh tokens and key sets have models of
// their own here, made of the configuration and docs/.
package year
