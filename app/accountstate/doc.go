// Package accountstate knows what each account is able to do, and says so: in the log when it changes, to whoever asks, and in counts.
//
// # From what
//
// Facts collect what is seen anyway: outcomes of sends and polls, registrations and links, lists of accounts; the ports through
// which these go are wrapped (Facts.Sender, Facts.Poller, Facts.Accounts, Facts.AccountSettings). Service makes a round trip to the backend now and then
// and, where that costs no process, asks for the list of accounts: a signal-cli for several accounts drops one that
// was unlinked without a word.
//
// # To whom
//
// A change is an event of KindAccount in the account's own lane, so it stands in order with what was received, and telling it never holds up anybody. What was told
// last is kept, so that a restart tells nothing twice, and tells of an account that was lost meanwhile. While the buffer or the store is
// full, changes wait here; of several only the last is told.
package accountstate
