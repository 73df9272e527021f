package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/wire/config"
)

func TestStores(t *testing.T) {
	onDisk := config.EventLog{MaxAge: 7 * 24 * time.Hour, MaxBytes: 1 << 30, DedupWindow: time.Hour, TypingMaxAge: time.Hour}
	inMemory := onDisk
	inMemory.MaxBytes = 64 << 20
	named := onDisk
	named.MaxBytes = 2 << 30
	for name, c := range map[string]struct {
		environ []string
		kind    config.Store
		log     config.EventLog
	}{
		"nothing said":        {nil, config.Embedded, onDisk},
		"memory":              {[]string{"HELIOGRAPH_STORE=memory"}, config.Memory, inMemory},
		"memory, and a size":  {[]string{"HELIOGRAPH_STORE=memory", "HELIOGRAPH_EVENT_LOG_MAX_BYTES=2GiB"}, config.Memory, named},
		"servers":             {[]string{"HELIOGRAPH_NATS_URL=nats://me:s3cret@one:4222,nats://me:s3cret@two"}, config.External, onDisk},
		"servers by TLS":      {[]string{"HELIOGRAPH_NATS_URL=tls://one"}, config.External, onDisk},
		"a server by name":    {[]string{"HELIOGRAPH_NATS_URL=one:4222"}, config.External, onDisk},
		"servers and a store": {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_STORE=embedded"}, config.External, onDisk},
	} {
		t.Run(name, func(t *testing.T) {
			got, warnings := load(t, config.Sources{Environ: append(c.environ, "HOME=/nowhere")})
			if got.StoreKind() != c.kind || len(warnings) > 0 {
				t.Errorf("store %q, warnings %q", got.StoreKind(), warnings)
			}
			if diff := cmp.Diff(c.log, got.EventLog); diff != "" {
				t.Error(diff)
			}
			var out strings.Builder
			if err := got.Write(&out); err != nil || strings.Contains(out.String(), "s3cret") {
				t.Errorf("a secret is shown: %v\n%s", err, out.String())
			}
		})
	}
}

func TestFaultsOfStores(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"another store":              {[]string{"HELIOGRAPH_STORE=disk"}, "HELIOGRAPH_STORE): must be embedded or memory"},
		"memory and servers":         {[]string{"HELIOGRAPH_STORE=memory", "HELIOGRAPH_NATS_URL=me:s3cret@one"}, "which one is meant"},
		"no URL":                     {[]string{"HELIOGRAPH_NATS_URL=nats://me:s3cret@"}, "HELIOGRAPH_NATS_URL): must be nats://"},
		"URL of another scheme":      {[]string{"HELIOGRAPH_NATS_URL=http://me:s3cret@one"}, "HELIOGRAPH_NATS_URL): must be nats://"},
		"one of two URLs is none":    {[]string{"HELIOGRAPH_NATS_URL=nats://one,nats://me:s3cret@"}, "HELIOGRAPH_NATS_URL): must be nats://"},
		"no credentials":             {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_NATS_CREDENTIALS=/nowhere/x"}, "HELIOGRAPH_NATS_CREDENTIALS): no such file"},
		"no certificates":            {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_NATS_CA=/nowhere/x"}, "HELIOGRAPH_NATS_CA): no such file"},
		"certificate without key":    {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_NATS_CERT=" + write(t, "cert", "x")}, "belong together"},
		"many replicas":              {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_NATS_REPLICAS=6"}, "HELIOGRAPH_NATS_REPLICAS"},
		"prefix with a dot":          {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_NATS_PREFIX=a.b"}, "HELIOGRAPH_NATS_PREFIX"},
		"no time":                    {[]string{"HELIOGRAPH_EVENT_LOG_MAX_AGE=0"}, "HELIOGRAPH_EVENT_LOG_MAX_AGE): must be at least 1m0s"},
		"another way to sync":        {[]string{"HELIOGRAPH_EVENT_LOG_SYNC=never"}, "must be default or always"},
		"short key":                  {[]string{"HELIOGRAPH_EVENT_LOG_KEY=s3cret"}, "a key needs at least 16 characters"},
		"short key in a file":        {[]string{"HELIOGRAPH_EVENT_LOG_KEY_FILE=" + write(t, "key", "s3cret s3cret s\n")}, "a key needs at least 16 characters"},
		"no file of a key":           {[]string{"HELIOGRAPH_EVENT_LOG_KEY_FILE=/nowhere/key"}, "event_log.key_file (environment, HELIOGRAPH_EVENT_LOG_KEY_FILE): no such file"},
		"two keys":                   {[]string{"HELIOGRAPH_EVENT_LOG_KEY_FILE=/nowhere/key", "HELIOGRAPH_EVENT_LOG_KEY=s3cret s3cret s3cret"}, "which one is meant"},
		"key for memory":             {[]string{"HELIOGRAPH_STORE=memory", "HELIOGRAPH_EVENT_LOG_KEY=s3cret s3cret s3cret"}, "for the embedded store only"},
		"key for servers elsewhere":  {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_EVENT_LOG_KEY=s3cret s3cret s3cret"}, "for the embedded store only"},
		"size of a log in few bytes": {[]string{"HELIOGRAPH_EVENT_LOG_MAX_BYTES=1"}, "HELIOGRAPH_EVENT_LOG_MAX_BYTES"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Load(config.Sources{Environ: c.environ})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the fault shows a secret: %v", err)
			}
		})
	}
}

func TestWarningsOfStores(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"replicas in this process": {[]string{"HELIOGRAPH_NATS_REPLICAS=3"}, "nats.replicas (environment, HELIOGRAPH_NATS_REPLICAS) has no effect without nats.url"},
		"written through by NATS":  {[]string{"HELIOGRAPH_NATS_URL=one", "HELIOGRAPH_EVENT_LOG_SYNC=always"}, "it is for the embedded store"},
		"typing in memory":         {[]string{"HELIOGRAPH_STORE=memory", "HELIOGRAPH_EVENT_LOG_TYPING_MAX_AGE=1m"}, "no effect with store: memory"},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings := load(t, config.Sources{Environ: c.environ})
			if !strings.Contains(strings.Join(warnings, "\n"), c.want) {
				t.Errorf("warnings %q, want %q", warnings, c.want)
			}
		})
	}
}

func TestKeyFile(t *testing.T) {
	for name, content := range map[string]string{"as it is": "s3cret s3cret s3cret", "with a line end": "s3cret s3cret s3cret\n", "of another system": "s3cret s3cret s3cret\r\n"} {
		t.Run(name, func(t *testing.T) {
			c, _ := load(t, config.Sources{Environ: []string{"HELIOGRAPH_EVENT_LOG_KEY_FILE=" + write(t, "key", content)}})
			if c.EventLog.Key != "s3cret s3cret s3cret" {
				t.Errorf("got %q", string(c.EventLog.Key))
			}
			var out strings.Builder
			if err := c.Write(&out); err != nil || strings.Contains(out.String(), "s3cret") {
				t.Errorf("the key is shown: %v\n%s", err, out.String())
			}
		})
	}
}
