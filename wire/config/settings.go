package config

import (
	"errors"
	"slices"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Setting is one row of the configuration.
type Setting struct {
	// Key is its name in the file and for --set; a dot enters a section.
	Key string
	// Env is its environment variable.
	Env string
	// Default is what holds where no source says anything, as a user would write it. A leading
	// variable of the environment is expanded.
	Default string
	// Unit of the value: "seconds", "bytes", "host:port", …
	Unit string
	// Help is one sentence.
	Help string
	// Secret values are never shown.
	Secret bool
	// Lenient: the reference goes on with the default where the variable holds nonsense, and so does this, with a warning.
	Lenient bool

	set func(*Config, string) error
}

// Settings lists all settings, in the order of the documentation.
func Settings() []Setting { return slices.Clone(settings) }

var settings = slices.Concat([]Setting{
	{Key: "mode", Env: "MODE", Default: "normal", Unit: "word", Lenient: true, Help: "How signal-cli is used, see the modes.",
		set: func(c *Config, s string) error { c.Mode = parseMode(s); return checkMode(c.Mode) }},
	{Key: "listen", Env: "HELIOGRAPH_LISTEN", Default: "127.0.0.1:8080", Unit: "host:port", Help: "Where HTTP is served; `PORT` replaces the port.",
		set: func(c *Config, s string) error { c.Listen = s; return checkHostPort(s) }},
	{Key: "log_level", Env: "LOG_LEVEL", Default: "info", Unit: "word", Lenient: true, Help: "`debug`, `info`, `warn` or `error`.",
		set: func(c *Config, s string) (err error) { c.LogLevel, err = parseLevel(s); return err }},
	{Key: "token", Env: "HELIOGRAPH_TOKEN", Unit: "text", Secret: true, Help: "Bearer token, also accepted as Basic password. Without one the gateway listens on loopback only.",
		set: func(c *Config, s string) error { c.Token = Secret(s); return checkToken(s) }},
	{Key: "token_file", Env: "HELIOGRAPH_TOKEN_FILE", Unit: "path", Help: "File that holds the token.",
		set: func(*Config, string) error { return nil }}, // read by Load
	{Key: "allow_unauthenticated", Env: "HELIOGRAPH_ALLOW_UNAUTHENTICATED", Default: "no", Unit: "yes or no", Help: "`yes`, in this word: listen beyond loopback without a token.",
		set: func(c *Config, s string) (err error) { c.AllowUnauthenticated, err = parseConsent(s); return err }},
	{Key: "allowed_hosts", Env: "HELIOGRAPH_ALLOWED_HOSTS", Unit: "list", Help: "Names by which clients may address the gateway, besides loopback names and the address it listens on.",
		set: func(c *Config, s string) error { c.AllowedHosts = parseList(s); return nil }},
	{Key: "allowed_origins", Env: "HELIOGRAPH_ALLOWED_ORIGINS", Unit: "list", Help: "Web pages that may use the gateway, as `https://example.org`.",
		set: func(c *Config, s string) error {
			c.AllowedOrigins = parseList(s)
			return checkOrigins(c.AllowedOrigins)
		}},
	{Key: "max_send_bytes", Env: "HELIOGRAPH_MAX_SEND_BYTES", Default: "256MiB", Unit: "bytes", Help: "Largest body of a request to send.",
		set: func(c *Config, s string) (err error) { c.MaxSendBytes, err = parseBytes(s, 1<<10, 1<<32); return err }},
	{Key: "max_attachment_bytes", Env: "HELIOGRAPH_MAX_ATTACHMENT_BYTES", Default: "100MiB", Unit: "bytes", Help: "Largest attachment to send, decoded.",
		set: func(c *Config, s string) (err error) {
			c.MaxAttachmentBytes, err = parseBytes(s, 1<<10, 1<<31)
			return err
		}},
	{Key: "text_mode", Env: "DEFAULT_SIGNAL_TEXT_MODE", Default: "normal", Unit: "word", Lenient: true, Help: "`normal` or `styled`: what a message is that names no `text_mode`.",
		set: func(c *Config, s string) error { c.TextMode = ports.TextMode(s); return checkTextMode(c.TextMode) }},
	{Key: "build_version", Env: "BUILD_VERSION", Default: "0.100", Unit: "text", Help: "Version that `GET /v1/about` reports; clients of the reference read features off it.",
		set: func(c *Config, s string) error { c.BuildVersion = s; return nil }},
	{Key: "data_dir", Env: "HELIOGRAPH_DATA_DIR", Default: "$XDG_DATA_HOME/heliograph", Unit: "path", Help: "The gateway's own folder: sockets, temporary files, caches.",
		set: func(c *Config, s string) error { c.DataDir = s; return nil }},

	{Key: "signal_cli.address", Env: "HELIOGRAPH_SIGNAL_CLI_ADDRESS", Unit: "address", Help: "A signal-cli daemon that runs already, `unix:///path` or `tcp://host:port`; or `stdio:` for a child on standard input and output. Empty: start a daemon. For the modes `json-rpc` and `json-rpc-native`.",
		set: func(c *Config, s string) (err error) { c.SignalCLI.Address, err = ParseAddress(s); return err }},
	{Key: "signal_cli.command", Env: "HELIOGRAPH_SIGNAL_CLI_COMMAND", Unit: "path", Help: "The program to start. Empty: `signal-cli`, or `signal-cli-native` in the native modes, from `PATH`.",
		set: func(c *Config, s string) error { c.SignalCLI.Command = s; return nil }},
	{Key: "signal_cli.config_dir", Env: "SIGNAL_CLI_CONFIG_DIR", Unit: "path", Default: "$XDG_DATA_HOME/signal-cli", Help: "signal-cli's data; the default is signal-cli's own.",
		set: func(c *Config, s string) error { c.SignalCLI.ConfigDir = s; return nil }},
	{Key: "signal_cli.timeout", Env: "SIGNAL_CLI_CMD_TIMEOUT", Default: "120", Unit: "seconds", Lenient: true, Help: "Longest time one call of signal-cli may take. As a variable of the environment only for the modes `normal` and `native`, as in the reference.",
		set: func(c *Config, s string) (err error) {
			c.SignalCLI.Timeout, err = parseDuration(s, time.Millisecond)
			return err
		}},
	{Key: "signal_cli.max_calls", Env: "HELIOGRAPH_SIGNAL_CLI_MAX_CALLS", Default: "1024", Unit: "calls", Help: "Calls in flight on a connection; more are answered 503.",
		set: func(c *Config, s string) (err error) { c.SignalCLI.MaxCalls, err = parseCount(s, 1, 65536); return err }},
	{Key: "signal_cli.max_processes", Env: "HELIOGRAPH_SIGNAL_CLI_MAX_PROCESSES", Default: "4", Unit: "processes", Help: "signal-cli processes at one time, in the modes `normal` and `native`.",
		set: func(c *Config, s string) (err error) {
			c.SignalCLI.MaxProcesses, err = parseCount(s, 1, 1024)
			return err
		}},
	{Key: "signal_cli.warm_up", Env: "HELIOGRAPH_SIGNAL_CLI_WARM_UP", Default: "yes", Unit: "yes or no", Help: "Call signal-cli at the start and once a day, behind all other calls, so that Java keeps what it learnt and later calls start sooner, in the mode `normal`.",
		set: func(c *Config, s string) (err error) { c.SignalCLI.WarmUp, err = parseBool(s); return err }},
	{Key: "signal_cli.files", Env: "HELIOGRAPH_SIGNAL_CLI_FILES", Default: "auto", Unit: "word", Help: "How attachments reach signal-cli: `path` where both share a disk, `data` inside the request, `auto` by the address.",
		set: func(c *Config, s string) error {
			c.SignalCLI.Files = FileTransfer(s)
			return checkFiles(c.SignalCLI.Files)
		}},
	{Key: "signal_cli.max_line_bytes", Env: "HELIOGRAPH_SIGNAL_CLI_MAX_LINE_BYTES", Default: "192MiB", Unit: "bytes", Help: "Longest line that signal-cli may answer with.",
		set: func(c *Config, s string) error {
			n, err := parseBytes(s, 1<<16, 1<<31-1)
			c.SignalCLI.MaxLineBytes = int(n)
			return err
		}},
	{Key: "signal_cli.trust_new_identities", Env: "JSON_RPC_TRUST_NEW_IDENTITIES", Default: string(domain.TrustOnFirstUse), Unit: "word", Help: "Which new keys of others a daemon of ours trusts: `on-first-use`, `always` or `never`. In the modes `normal` and `native` each account has its own, see `/v1/configuration/{number}/settings`.",
		set: func(c *Config, s string) (err error) {
			c.SignalCLI.TrustNewIdentities, err = parseTrustMode(s)
			return err
		}},

	{Key: "receive.ignore_attachments", Env: "JSON_RPC_IGNORE_ATTACHMENTS", Default: "no", Unit: "yes or no", Lenient: true, Help: "A daemon of ours leaves attachments at Signal.",
		set: func(c *Config, s string) (err error) { c.Receive.IgnoreAttachments, err = parseBool(s); return err }},
	{Key: "receive.ignore_stories", Env: "JSON_RPC_IGNORE_STORIES", Default: "no", Unit: "yes or no", Lenient: true, Help: "A daemon of ours leaves stories out.",
		set: func(c *Config, s string) (err error) { c.Receive.IgnoreStories, err = parseBool(s); return err }},
	{Key: "receive.ignore_avatars", Env: "JSON_RPC_IGNORE_AVATARS", Default: "no", Unit: "yes or no", Lenient: true, Help: "A daemon of ours fetches no avatars; needs signal-cli 0.14.0.",
		set: func(c *Config, s string) (err error) { c.Receive.IgnoreAvatars, err = parseBool(s); return err }},
	{Key: "receive.ignore_stickers", Env: "JSON_RPC_IGNORE_STICKERS", Default: "no", Unit: "yes or no", Lenient: true, Help: "A daemon of ours fetches no sticker packs; needs signal-cli 0.14.0.",
		set: func(c *Config, s string) (err error) { c.Receive.IgnoreStickers, err = parseBool(s); return err }},
	{Key: "receive.interval", Env: "HELIOGRAPH_RECEIVE_INTERVAL", Default: "30", Unit: "seconds", Help: "Time between two polls of an account that has readers, in the modes `normal` and `native`.",
		set: func(c *Config, s string) (err error) {
			c.Receive.Interval, err = parseDuration(s, time.Second)
			return err
		}},
	{Key: "receive.schedule", Env: "AUTO_RECEIVE_SCHEDULE", Unit: "cron line", Help: "Five fields; on it all accounts are polled, readers or not, in the modes `normal` and `native`.",
		set: func(c *Config, s string) error { c.Receive.Schedule = s; return checkSchedule(s) }},
	{Key: "receive.schedule_timeout", Env: "AUTO_RECEIVE_SCHEDULE_RECEIVE_TIMEOUT", Default: "10", Unit: "seconds", Help: "How long a scheduled poll waits for messages.",
		set: func(c *Config, s string) (err error) {
			c.Receive.ScheduleTimeout, err = parseDuration(s, time.Second)
			return err
		}},
	{Key: "receive.schedule_ignore_attachments", Env: "AUTO_RECEIVE_SCHEDULE_IGNORE_ATTACHMENTS", Default: "no", Unit: "yes or no", Help: "Scheduled polls leave attachments at Signal.",
		set: func(c *Config, s string) (err error) {
			c.Receive.ScheduleIgnoreAttachments, err = parseBool(s)
			return err
		}},
	{Key: "receive.schedule_ignore_stories", Env: "AUTO_RECEIVE_SCHEDULE_IGNORE_STORIES", Default: "no", Unit: "yes or no", Help: "Scheduled polls leave stories out.",
		set: func(c *Config, s string) (err error) { c.Receive.ScheduleIgnoreStories, err = parseBool(s); return err }},
	{Key: "receive.schedule_ignore_avatars", Env: "AUTO_RECEIVE_SCHEDULE_IGNORE_AVATARS", Default: "no", Unit: "yes or no", Help: "Scheduled polls fetch no avatars.",
		set: func(c *Config, s string) (err error) { c.Receive.ScheduleIgnoreAvatars, err = parseBool(s); return err }},
	{Key: "receive.schedule_ignore_stickers", Env: "AUTO_RECEIVE_SCHEDULE_IGNORE_STICKERS", Default: "no", Unit: "yes or no", Help: "Scheduled polls fetch no sticker packs.",
		set: func(c *Config, s string) (err error) {
			c.Receive.ScheduleIgnoreStickers, err = parseBool(s)
			return err
		}},
	{Key: "receive.schedule_send_read_receipts", Env: "AUTO_RECEIVE_SCHEDULE_SEND_READ_RECEIPTS", Default: "no", Unit: "yes or no", Help: "Scheduled polls mark what they fetch as read.",
		set: func(c *Config, s string) (err error) {
			c.Receive.ScheduleSendReadReceipts, err = parseBool(s)
			return err
		}},
	{Key: "receive.buffer_bytes", Env: "HELIOGRAPH_RECEIVE_BUFFER_BYTES", Default: "64MiB", Unit: "bytes", Help: "What may be received and not stored yet; full, the gateway stops reading from signal-cli.",
		set: func(c *Config, s string) (err error) {
			c.Receive.BufferBytes, err = parseBytes(s, 1<<20, 1<<34)
			return err
		}},
	{Key: "receive.ack", Env: "HELIOGRAPH_RECEIVE_ACK", Default: "pong", Unit: "word", Help: "What moves a named reader on a WebSocket of `/v1/receive` that does not say `ack=`: `pong`, `none` or `explicit`, see Reading events.",
		set: func(c *Config, s string) error { c.Receive.Ack = ports.AckMode(s); return checkAck(c.Receive.Ack) }},
	{Key: "receive.unnamed", Env: "HELIOGRAPH_RECEIVE_UNNAMED", Default: "live", Unit: "word", Help: "Where a WebSocket of `/v1/receive` without `reader=` begins: `live` with what comes, `last` where the last such one of the account was.",
		set: func(c *Config, s string) error { c.Receive.ResumeUnnamed = s == "last"; return checkUnnamed(s) }},

	{Key: "webhook.url", Env: "RECEIVE_WEBHOOK_URL", Unit: "URL", Secret: true, Help: "Called by POST with each received message of all accounts, in every mode and one at a time; may hold `user:password@`.",
		set: func(c *Config, s string) error { c.Webhook.URL = Secret(s); return checkWebhookURL(s) }},
	{Key: "webhook.timeout", Env: "HELIOGRAPH_WEBHOOK_TIMEOUT", Default: "10", Unit: "seconds", Help: "How long one call of the webhook may take.",
		set: func(c *Config, s string) (err error) {
			c.Webhook.Timeout, err = parseDuration(s, time.Millisecond)
			return err
		}},
	{Key: "webhook.give_up_after", Env: "HELIOGRAPH_WEBHOOK_GIVE_UP_AFTER", Default: "5m", Unit: "seconds", Help: "How long the webhook is called again with a message that it did not take; those of the same conversation wait meanwhile.",
		set: func(c *Config, s string) (err error) {
			c.Webhook.GiveUpAfter, err = parseDuration(s, time.Second)
			return err
		}},

	{Key: "webhooks.allow_private", Env: "HELIOGRAPH_WEBHOOKS_ALLOW_PRIVATE", Default: "no", Unit: "networks", Help: "Which private, loopback and link-local addresses webhooks made over the API may lead to: networks such as `192.168.0.0/16`, `yes` for all, `no` for none.",
		set: func(c *Config, s string) (err error) {
			c.Webhooks.AllowPrivate, err = parseNetworks(s)
			return err
		}},
}, storeSettings, []Setting{
	{Key: "uploads.max_age", Env: "HELIOGRAPH_UPLOADS_MAX_AGE", Default: "1h", Unit: "seconds", Help: "How long a file of `POST /v1/attachments` is kept for the sends that name it.",
		set: func(c *Config, s string) (err error) {
			c.Uploads.MaxAge, err = parseDuration(s, time.Second)
			return err
		}},
	{Key: "uploads.max_bytes", Env: "HELIOGRAPH_UPLOADS_MAX_BYTES", Default: "1GiB", Unit: "bytes", Help: "What may be kept of such files in all; what is over it is answered 413.",
		set: func(c *Config, s string) (err error) {
			c.Uploads.MaxBytes, err = parseBytes(s, 1<<10, 1<<44)
			return err
		}},
	{Key: "attachments.max_age", Env: "HELIOGRAPH_ATTACHMENTS_MAX_AGE", Default: "0", Unit: "seconds", Help: "Received attachments that are older are deleted; 0 keeps them.",
		set: func(c *Config, s string) (err error) { c.Attachments.MaxAge, err = parseDuration(s, 0); return err }},
	{Key: "attachments.max_bytes", Env: "HELIOGRAPH_ATTACHMENTS_MAX_BYTES", Default: "0", Unit: "bytes", Help: "Of received attachments that are more in all, the oldest are deleted; 0 keeps them.",
		set: func(c *Config, s string) (err error) {
			c.Attachments.MaxBytes, err = parseBytes(s, 0, 1<<50)
			return err
		}},
})

func checkMode(m Mode) error {
	if m == "" {
		return errors.New("must be one of " + modeNames())
	}
	return nil
}

func checkToken(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return errors.New("must not contain blanks or control characters")
	}
	return nil
}

func checkOrigins(origins []string) error {
	for _, o := range origins {
		if !strings.HasPrefix(o, "https://") && !strings.HasPrefix(o, "http://") || strings.Count(o, "/") != 2 {
			return errors.New("must be origins such as https://example.org, without a path")
		}
	}
	return nil
}

// checkWebhookURL says nothing of the URL: it may hold credentials.
func checkWebhookURL(s string) error {
	if _, err := domain.ParseWebhookURL(s); err != nil {
		return errors.New("must be an http or https URL")
	}
	return nil
}

func checkTextMode(m ports.TextMode) error {
	if m != ports.TextNormal && m != ports.TextStyled {
		return errors.New("must be normal or styled")
	}
	return nil
}

func checkAck(m ports.AckMode) error {
	if !slices.Contains(ports.AckModes(), m) {
		return errors.New("must be pong, none or explicit")
	}
	return nil
}

func checkUnnamed(s string) error {
	if s != "live" && s != "last" {
		return errors.New("must be live or last")
	}
	return nil
}

func checkFiles(f FileTransfer) error {
	if f != FilesAuto && f != FilesPath && f != FilesData {
		return errors.New("must be auto, path or data")
	}
	return nil
}
