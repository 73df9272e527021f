package simulator

import (
	"io"
	"log/slog"
	"time"
)

// ReceiveMode is signal-cli's --receive-mode.
type ReceiveMode int

const (
	// ReceiveManual: nothing is received before subscribeReceive or receive asks for it.
	ReceiveManual ReceiveMode = iota
	// ReceiveOnStart: messages are fetched from the start; without a connection they are gone.
	ReceiveOnStart
	// ReceiveOnConnection: messages are fetched while a connection is open.
	ReceiveOnConnection
)

// ParseReceiveMode reads "manual", "on-start" or "on-connection".
func ParseReceiveMode(text string) (ReceiveMode, bool) {
	switch text {
	case "manual":
		return ReceiveManual, true
	case "on-start":
		return ReceiveOnStart, true
	case "on-connection":
		return ReceiveOnConnection, true
	}
	return 0, false
}

// String returns the option's text.
func (m ReceiveMode) String() string {
	switch m {
	case ReceiveOnStart:
		return "on-start"
	case ReceiveOnConnection:
		return "on-connection"
	default:
		return "manual"
	}
}

// Account describes one account of the network.
type Account struct {
	// Number is E.164. Required.
	Number string
	// UUID is the account's ACI; empty: derived from the number, the same in every run.
	UUID string
	// GivenName and FamilyName are the profile's.
	GivenName, FamilyName string
	// About is the profile's text.
	About string
	// Username is without "u:"; empty: none.
	Username string
	// HideNumber keeps the number from others: they see the UUID only.
	HideNumber bool
	// Phone makes it somebody's phone: registered on the network, not loaded by signal-cli. It can scan
	// link codes and be written to.
	Phone bool
}

// Group describes one group of the network.
type Group struct {
	// ID is the base64 of 32 bytes; empty: a random one.
	ID                string
	Name, Description string
	// Members are numbers of accounts; the first is the administrator.
	Members []string
}

// AutoScan scans every link code by itself.
type AutoScan struct {
	// Account is the number of the account that scans; empty: no automatic scan.
	Account string
	// After is how long after startLink it scans; 0: at once.
	After time.Duration
}

// Options configure a simulator. The zero value is the demo: see [Simulator.Banner].
type Options struct {
	// Accounts and Groups of the network. When both are nil the demo's are used. All accounts are
	// contacts of one another.
	Accounts []Account
	Groups   []Group
	// Version is the simulated signal-cli release: methods, fields and codes follow it. Default DefaultVersion.
	Version string
	// Account puts all connections in single-account mode (-a); empty: multi-account mode.
	Account string
	// ReceiveMode of the connections; default ReceiveManual.
	ReceiveMode ReceiveMode
	// ConfigDir is signal-cli's data directory: attachments are files below it. Empty: they are kept in
	// memory, the oldest forgotten beyond 256 MiB.
	ConfigDir string
	// Clock tells the time; default time.Now.
	Clock func() time.Time
	// Script makes it misbehave; the zero value does not.
	Script Script
	// AutoScan completes linking without Simulator.Scan.
	AutoScan AutoScan
	// LinkTimeout is how long a link code waits to be scanned; default 60 s.
	LinkTimeout time.Duration
	// RequireCaptcha refuses register without a captcha.
	RequireCaptcha bool
	// QueueMessages bounds the messages that wait at the server for one account; beyond it the oldest
	// is lost. Default 100,000.
	QueueMessages int
	// Out gets one line for people for each verification code and link. Default: none.
	Out io.Writer
	// Logger gets what a server would log; never numbers or texts. Default: none.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Accounts == nil && o.Groups == nil {
		o.Accounts, o.Groups = demoAccounts(), demoGroups()
	}
	if o.Version == "" {
		o.Version = DefaultVersion
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.LinkTimeout <= 0 {
		o.LinkTimeout = time.Minute
	}
	if o.QueueMessages <= 0 {
		o.QueueMessages = 100_000
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
