package audit

// Name is the stable name of a kind of event. Names are never reused or renamed.
type Name string

// The names. Kinds says what each means.
const (
	LoginAsked         Name = "login.asked"
	LoginCompleted     Name = "login.completed"
	LoginRefused       Name = "login.refused"
	LoginDisowned      Name = "login.disowned"
	CodeWrongLimit     Name = "code.wrong_limit"
	LimitHit           Name = "limit.hit"
	SessionEnded       Name = "session.ended"
	SessionAllEnded    Name = "session.all_ended"
	ConsentGiven       Name = "consent.given"
	ConsentWithdrawn   Name = "consent.withdrawn"
	DeviceAllowed      Name = "device.allowed"
	GrantGiven         Name = "grant.given"
	GrantRevoked       Name = "grant.revoked"
	GrantReplayed      Name = "grant.replayed"
	UserDisabled       Name = "user.disabled"
	UserEnabled        Name = "user.enabled"
	UserDeleted        Name = "user.deleted"
	UserExported       Name = "user.exported"
	UserGroupsChanged  Name = "user.groups_changed"
	UserInvited        Name = "user.invited"
	ClientAdded        Name = "client.added"
	ClientChanged      Name = "client.changed"
	ClientDisabled     Name = "client.disabled"
	ClientRefused      Name = "client.refused"
	KeyRotated         Name = "key.rotated"
	SecretRotated      Name = "secret.rotated"
	EpochRaised        Name = "epoch.raised"
	ConfigReloaded     Name = "config.reloaded"
	ConfigRefused      Name = "config.refused"
	MailFailedForGood  Name = "mail.failed_for_good"
	MailUnmarked       Name = "mail.mark_removed"
	AdminRefused       Name = "admin.refused"
	AdminChangeRefused Name = "admin.change_refused"
	AuditPurged        Name = "audit.purged"
	AuditLost          Name = "audit.lost"
)

// Kind explains a name.
type Kind struct {
	Name    Name
	Meaning string // one sentence
}

// Kinds lists every name there is, in the order of docs/audit.md.
func Kinds() []Kind {
	return []Kind{
		{LoginAsked, "Somebody asked for a sign-in mail, or for another one (`again`); whether one went out is not told."},
		{LoginCompleted, "A person proved their mailbox and a session was made; `method` says how, `first` that the account is new."},
		{LoginRefused, "A code or link was not accepted, or the person is not admitted to the application; the result says why."},
		{LoginDisowned, "The reader of a sign-in mail said that it was not them; the sign-in and its sessions ended, and so many `consents` given since were taken back."},
		{CodeWrongLimit, "A sign-in takes no more codes, after too many wrong ones."},
		{LimitHit, "A budget against abuse refused a request; the result is the budget's name."},
		{SessionEnded, "One session ended: the person signed out, or it was ended on the account page or by an administrator."},
		{SessionAllEnded, "All sessions of a person ended, or all but the one that asked for it."},
		{ConsentGiven, "A person allowed an application what it asked for."},
		{ConsentWithdrawn, "A person took an application's access away."},
		{DeviceAllowed, "A person connected a device that showed a code."},
		{GrantGiven, "An application got tokens for a person."},
		{GrantRevoked, "Tokens of an application were revoked; the result says why."},
		{GrantReplayed, "A spent code or refresh token came again, so the tokens that came of it were revoked."},
		{UserDisabled, "An administrator disabled a person; sessions and grants ended."},
		{UserEnabled, "An administrator enabled a person again."},
		{UserDeleted, "An administrator deleted a person and what was held on them."},
		{UserExported, "An administrator exported what is held on a person."},
		{UserGroupsChanged, "An administrator changed the groups of a person."},
		{UserInvited, "An administrator invited an address."},
		{ClientAdded, "An application was declared, or registered itself."},
		{ClientChanged, "An application's declaration or registration changed."},
		{ClientDisabled, "An application is no longer declared, was removed or removed itself, or nobody ever used it (`unused`); its grants ended."},
		{ClientRefused, "An application failed to prove who it is."},
		{KeyRotated, "A signing key was made, began to sign, was retired or dropped."},
		{SecretRotated, "What the old root secret sealed was sealed with the new one."},
		{EpochRaised, "The restore epoch was raised, by itself or with a restore: everything that was issued before ended."},
		{ConfigReloaded, "A running server took a changed configuration; `settings` names what changed."},
		{ConfigRefused, "A running server did not take a changed configuration; the result is `fault` (`settings` names the faulty ones), `restart` (`settings` need one) or `failed`."},
		{MailFailedForGood, "A mail was refused for good or came back; the result says why."},
		{MailUnmarked, "An administrator lets letters to an address through again whose mailbox refused one."},
		{AdminRefused, "Somebody was refused at the administrator's API or console; the result says what was missing."},
		{AdminChangeRefused, "A change that an administrator asked for was refused; `change` names the event that it would have been, `about` what it was about, the result says why."},
		{AuditPurged, "Events older than `audit.retention` were deleted from the beginning of the chain; the result is `broken` where an administrator gave up what somebody had changed."},
		{AuditLost, "Refusals came faster than they are kept; `times` says how many are not in the log."},
	}
}
