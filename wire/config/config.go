package config

import (
	"log/slog"
	"net"
	"net/netip"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Config is everything that can be set. Only Load makes one, and one that Load
// returned is consistent.
type Config struct {
	Mode Mode
	// Listen is host:port.
	Listen   string
	LogLevel slog.Level
	// BuildVersion is the version that GET /v1/about reports to clients of the reference.
	BuildVersion string

	// Token is the bearer token; empty leaves the gateway open to its machine.
	Token                Secret
	AllowUnauthenticated bool
	// AllowedHosts are Host headers accepted besides the address itself and loopback names.
	AllowedHosts []string
	// AllowedOrigins are origins of web pages that may use the gateway, `https://example.org`.
	AllowedOrigins []string
	// MaxSendBytes bounds the body of a request to send.
	MaxSendBytes int64
	// MaxAttachmentBytes bounds one decoded attachment.
	MaxAttachmentBytes int64

	TextMode ports.TextMode
	// DataDir is the gateway's own folder: sockets, temporary files.
	DataDir   string
	SignalCLI SignalCLI
	Receive   Receive
	Webhook   Webhook
	Store     Store
	NATS      NATS
	Webhooks  Webhooks
	EventLog  EventLog
	// Uploads bounds what clients upload ahead of their messages.
	Uploads Keeping
	// Attachments bounds what signal-cli keeps of received attachments; zero is no bound.
	Attachments Keeping

	values map[string]Value
}

// SignalCLI says how signal-cli is reached.
type SignalCLI struct {
	// Address of one that runs already, or `stdio:`; see ParseAddress. Zero: start one.
	Address Address
	// Command is the program to start; empty for the mode's own.
	Command string
	// ConfigDir is signal-cli's data.
	ConfigDir string
	// Timeout of one call.
	Timeout time.Duration
	// MaxCalls bounds calls in flight on a connection.
	MaxCalls int
	// MaxProcesses bounds processes at one time where each call is one.
	MaxProcesses int
	// WarmUp makes one call at the start, where each call is a Java process.
	WarmUp bool
	// Files says how attachments reach signal-cli.
	Files FileTransfer
	// MaxLineBytes bounds one line of JSON-RPC.
	MaxLineBytes int
	// TrustNewIdentities is what a daemon of ours does with new keys.
	TrustNewIdentities domain.TrustMode
}

// OwnDaemon reports whether the gateway starts a signal-cli that stays.
func (c Config) OwnDaemon() bool {
	return c.Mode.Daemon() && (c.SignalCLI.Address == Address{} || c.SignalCLI.Address.Network == "stdio")
}

// Receive says how messages are fetched.
type Receive struct {
	// What a daemon of ours leaves out.
	IgnoreAttachments, IgnoreStories, IgnoreAvatars, IgnoreStickers bool
	// Interval between two polls of an account that somebody reads, where each call is a process.
	Interval time.Duration
	// Schedule is a cron line on which all accounts are polled; empty for none.
	Schedule string
	// ScheduleTimeout is how long one scheduled poll waits.
	ScheduleTimeout time.Duration
	// What scheduled polls leave out or do besides.
	ScheduleIgnoreAttachments, ScheduleIgnoreStories, ScheduleIgnoreAvatars, ScheduleIgnoreStickers, ScheduleSendReadReceipts bool
	// BufferBytes bounds what was received and is not stored yet.
	BufferBytes int64
	// Ack is how named readers on WebSockets acknowledge that do not say it.
	Ack ports.AckMode
	// ResumeUnnamed has WebSockets without a name go on where the last one was.
	ResumeUnnamed bool
}

// Webhook says who is called with what was received.
type Webhook struct {
	// URL is empty for nobody.
	URL Secret
	// Timeout of one call.
	Timeout time.Duration
	// GiveUpAfter bounds the calls for one event.
	GiveUpAfter time.Duration
}

// Webhooks are those of the file, and what holds for all of them.
type Webhooks struct {
	// AllowPrivate are networks that webhooks made over the API may lead to besides public addresses.
	AllowPrivate []netip.Prefix
	// List are those of the file, checked.
	List []ConfiguredWebhook
}

// ConfiguredWebhook is a webhook of the file.
type ConfiguredWebhook struct {
	domain.Webhook
	// FromOldest begins with the oldest event that is kept, the first time.
	FromOldest bool
}

// Keeping bounds files that are kept.
type Keeping struct {
	MaxAge   time.Duration
	MaxBytes int64
}

// Secret is a string that no log and no output shows.
type Secret string

// String hides it.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(hidden)"
}

// LogValue hides it.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Loopback reports whether the gateway listens where only its own machine reaches it.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && isLoopback(host)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
