package config

import (
	"errors"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Store is where received events, and what else outlives a request, are kept.
type Store string

// The kinds of Store.
const (
	// Embedded is a store in this process, on the disk.
	Embedded Store = "embedded"
	// Memory ends with this process.
	Memory Store = "memory"
	// External is servers elsewhere; it comes of nats.url, no setting names it.
	External Store = "external"
)

// NATS says how servers elsewhere are reached.
type NATS struct {
	// URL is empty for none; several have commas between.
	URL Secret
	// Credentials, CA, Cert and Key are files; empty for none.
	Credentials, CA, Cert, Key string
	// Replicas is how many servers keep each thing.
	Replicas int
	// Prefix begins the names of streams.
	Prefix string
}

// EventLog bounds what is kept of received events.
type EventLog struct {
	// MaxAge of an event.
	MaxAge time.Duration
	// MaxBytes of all.
	MaxBytes int64
	// DedupWindow is how long an event's double is recognised.
	DedupWindow time.Duration
	// TypingMaxAge and ReceiptMaxAge are those of typing indicators and receipts, 0 for MaxAge.
	TypingMaxAge, ReceiptMaxAge time.Duration
	// SyncAlways writes through to the disk.
	SyncAlways bool
	// Key encrypts what is on the disk; empty for none.
	Key Secret
}

// What the retained events may take where nothing is said, by where they are.
const (
	maxBytesOnDisk   = "1GiB"
	maxBytesInMemory = "64MiB"
)

// minKey is how long a key must be, in bytes.
const minKey = 16

var storeSettings = []Setting{
	{Key: "store", Env: "HELIOGRAPH_STORE", Default: string(Embedded), Unit: "word", Help: "Where received messages are kept: `embedded` in `data_dir`, or `memory`, which forgets them when the gateway ends. With `nats.url` they are kept there.",
		set: func(c *Config, s string) error { c.Store = Store(s); return checkStoreWord(c.Store) }},
	{Key: "nats.url", Env: "HELIOGRAPH_NATS_URL", Unit: "URL", Secret: true, Help: "NATS servers, 2.12 or newer with JetStream, that keep everything instead, so that several gateways share it; commas between several. May hold `user:password@` or `token@`.",
		set: func(c *Config, s string) error { c.NATS.URL = Secret(s); return checkNATSURL(s) }},
	{Key: "nats.credentials", Env: "HELIOGRAPH_NATS_CREDENTIALS", Unit: "path", Help: "File with a NATS user's JWT and seed, or an nkey's seed.",
		set: func(c *Config, s string) error { c.NATS.Credentials = s; return checkReadable(s) }},
	{Key: "nats.ca", Env: "HELIOGRAPH_NATS_CA", Unit: "path", Help: "Certificates to trust when NATS is reached by TLS. Empty: those of the system.",
		set: func(c *Config, s string) error { c.NATS.CA = s; return checkReadable(s) }},
	{Key: "nats.cert", Env: "HELIOGRAPH_NATS_CERT", Unit: "path", Help: "Certificate to show to NATS.",
		set: func(c *Config, s string) error { c.NATS.Cert = s; return checkReadable(s) }},
	{Key: "nats.key", Env: "HELIOGRAPH_NATS_KEY", Unit: "path", Help: "Key of that certificate.",
		set: func(c *Config, s string) error { c.NATS.Key = s; return checkReadable(s) }},
	{Key: "nats.replicas", Env: "HELIOGRAPH_NATS_REPLICAS", Default: "1", Unit: "servers", Help: "How many servers of a NATS cluster keep each message; 3 go on when one fails.",
		set: func(c *Config, s string) (err error) { c.NATS.Replicas, err = parseCount(s, 1, 5); return err }},
	{Key: "nats.prefix", Env: "HELIOGRAPH_NATS_PREFIX", Default: "heliograph", Unit: "text", Help: "Begins the names of streams, so that gateways that share nothing can share NATS.",
		set: func(c *Config, s string) error { c.NATS.Prefix = s; return checkPrefix(s) }},
	{Key: "event_log.max_age", Env: "HELIOGRAPH_EVENT_LOG_MAX_AGE", Default: "168h", Unit: "seconds", Help: "How long a received message is kept.",
		set: func(c *Config, s string) (err error) {
			c.EventLog.MaxAge, err = parseDuration(s, time.Minute)
			return err
		}},
	{Key: "event_log.max_bytes", Env: "HELIOGRAPH_EVENT_LOG_MAX_BYTES", Default: maxBytesOnDisk, Unit: "bytes", Help: "What is kept of received messages in all; the oldest go first. With `store: memory` the default is `" + maxBytesInMemory + "`.",
		set: func(c *Config, s string) (err error) {
			c.EventLog.MaxBytes, err = parseBytes(s, 1<<16, 1<<42)
			return err
		}},
	{Key: "event_log.dedup_window", Env: "HELIOGRAPH_EVENT_LOG_DEDUP_WINDOW", Default: "1h", Unit: "seconds", Help: "How long a message that arrives twice is recognised; about 350 bytes of memory a message, in NATS where that keeps them.",
		set: func(c *Config, s string) (err error) {
			c.EventLog.DedupWindow, err = parseDuration(s, time.Second)
			return err
		}},
	{Key: "event_log.typing_max_age", Env: "HELIOGRAPH_EVENT_LOG_TYPING_MAX_AGE", Default: "1h", Unit: "seconds", Help: "How long it is kept that somebody typed; 0 as long as messages.",
		set: func(c *Config, s string) (err error) {
			c.EventLog.TypingMaxAge, err = parseDuration(s, 0)
			return err
		}},
	{Key: "event_log.receipt_max_age", Env: "HELIOGRAPH_EVENT_LOG_RECEIPT_MAX_AGE", Default: "0", Unit: "seconds", Help: "How long receipts are kept; 0 as long as messages.",
		set: func(c *Config, s string) (err error) {
			c.EventLog.ReceiptMaxAge, err = parseDuration(s, 0)
			return err
		}},
	{Key: "event_log.sync", Env: "HELIOGRAPH_EVENT_LOG_SYNC", Default: "default", Unit: "word", Help: "`always` has each message on the disk before it counts as stored; with `default` a power cut, though no crash of the gateway, can take those of the last 10 s. For `store: embedded`.",
		set: func(c *Config, s string) error { c.EventLog.SyncAlways = s == "always"; return checkSync(s) }},
	{Key: "event_log.key", Env: "HELIOGRAPH_EVENT_LOG_KEY", Unit: "text", Secret: true, Help: "Encrypts what `store: embedded` keeps. At least 16 characters, `openssl rand -hex 32` gives good ones; without them nothing can be read again. It must be set from the first start on.",
		set: func(c *Config, s string) error { c.EventLog.Key = Secret(s); return checkKey(s) }},
	{Key: "event_log.key_file", Env: "HELIOGRAPH_EVENT_LOG_KEY_FILE", Unit: "path", Help: "File that holds this key: its whole content, without a line end behind it.",
		set: func(*Config, string) error { return nil }}, // read by Load
}

// storeDefaults fits the log's size to where it is kept.
func (l *loader) storeDefaults() {
	const key = "event_log.max_bytes"
	if v := l.values[key]; v.Source == "default" && l.values["store"].Text == string(Memory) {
		v.Text = maxBytesInMemory
		l.values[key] = v
	}
}

// StoreKind is where events are kept.
func (c Config) StoreKind() Store {
	if c.NATS.URL != "" {
		return External
	}
	return c.Store
}

// checkStore finds settings that the kind of store does not have. A key that would encrypt nothing is a fault.
func (l *loader) checkStore(c Config) {
	kind := c.StoreKind()
	if kind == External && c.Store == Memory {
		l.faultf("store (%s) is memory and nats.url (%s) is set; which one is meant?", l.values["store"].Source, l.values["nats.url"].Source)
	}
	if (c.NATS.Cert == "") != (c.NATS.Key == "") {
		l.faultf("nats.cert and nats.key belong together, and only one is set")
	}
	if kind != Embedded && c.EventLog.Key != "" {
		l.faultf("event_log.key (%s) is for the embedded store only: memory is not written anywhere, and NATS has an encryption of its own", l.values["event_log.key"].Source)
	}
	for _, key := range []string{"nats.credentials", "nats.ca", "nats.cert", "nats.key", "nats.replicas", "nats.prefix", "event_log.sync", "event_log.typing_max_age", "event_log.receipt_max_age"} {
		v := l.values[key]
		if v.Source == "default" {
			continue
		}
		switch {
		case strings.HasPrefix(key, "nats.") && kind != External:
			l.warnf("%s (%s) has no effect without nats.url", key, v.Source)
		case key == "event_log.sync" && kind != Embedded && c.EventLog.SyncAlways:
			l.warnf("%s (%s) has no effect: it is for the embedded store", key, v.Source)
		case strings.HasSuffix(key, "_max_age") && kind == Memory:
			l.warnf("%s (%s) has no effect with store: memory", key, v.Source)
		}
	}
}

func (l *loader) keyFile(file Value) {
	if key := l.values["event_log.key"]; key.Text != "" {
		l.faultf("event_log.key (%s) and event_log.key_file (%s) are both set; which one is meant?", key.Source, file.Source)
		return
	}
	content, err := os.ReadFile(file.Text)
	if err != nil {
		l.faultf("event_log.key_file (%s): %v", file.Source, reason(err))
		return
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if len(text) < minKey {
		l.faultf("event_log.key_file (%s): %v", file.Source, errShortKey)
		return
	}
	l.values["event_log.key"] = Value{Text: text, Source: "file " + file.Text}
}

func checkStoreWord(s Store) error {
	if s != Embedded && s != Memory {
		return errors.New("must be embedded or memory")
	}
	return nil
}

// checkNATSURL says nothing of the URL: it may hold credentials.
func checkNATSURL(list string) error {
	for text := range strings.SplitSeq(list, ",") {
		text = strings.TrimSpace(text)
		if !strings.Contains(text, "://") {
			text = "nats://" + text
		}
		u, err := url.Parse(text)
		if err != nil || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) || u.Hostname() == "" {
			return errors.New("must be nats://host:port or tls://host:port, or several with commas between")
		}
	}
	return nil
}

func checkReadable(name string) error {
	if name == "" {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return reason(err)
	}
	return file.Close()
}

var prefixes = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func checkPrefix(s string) error {
	if !prefixes.MatchString(s) {
		return errors.New("must be letters, digits, - and _, at most 64")
	}
	return nil
}

func checkSync(s string) error {
	if s != "default" && s != "always" {
		return errors.New("must be default or always")
	}
	return nil
}

var errShortKey = errors.New("a key needs at least 16 characters")

func checkKey(s string) error {
	if len(s) < minKey {
		return errShortKey
	}
	return nil
}
