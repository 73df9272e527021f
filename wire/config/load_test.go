package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/domain"
	"heliograph/ports"
	"heliograph/wire/config"
)

// write puts content into a file of the test's own.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load must succeed.
func load(t *testing.T, s config.Sources) (config.Config, []string) {
	t.Helper()
	c, warnings, err := config.Load(s)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return c, warnings
}

func TestDefaults(t *testing.T) {
	c, warnings := load(t, config.Sources{Environ: []string{"HOME=/nowhere"}})
	if len(warnings) != 0 {
		t.Errorf("warnings %q", warnings)
	}
	if c.Mode != config.Normal || c.Listen != "127.0.0.1:8080" || !c.Loopback() {
		t.Errorf("mode %q on %q", c.Mode, c.Listen)
	}
	if c.DataDir != "/nowhere/.local/share/heliograph" || c.SignalCLI.ConfigDir != "/nowhere/.local/share/signal-cli" {
		t.Errorf("folders %q and %q", c.DataDir, c.SignalCLI.ConfigDir)
	}
	if c.SignalCLI.Timeout != 2*time.Minute || c.Receive.Interval != 30*time.Second || c.EventLog.MaxBytes != 1<<30 {
		t.Errorf("got %v, %v, %d", c.SignalCLI.Timeout, c.Receive.Interval, c.EventLog.MaxBytes)
	}
}

func TestLaterSourcesWin(t *testing.T) {
	file := write(t, "h.yaml", "mode: json-rpc\nlisten: 127.0.0.1:1\nsignal_cli:\n  max_calls: 7\n  files: data\nallowed_hosts: [a.example, b.example]\n")
	c, _ := load(t, config.Sources{
		File:    file,
		Environ: []string{"HELIOGRAPH_LISTEN=127.0.0.1:2", "MODE=simulator", "DEFAULT_SIGNAL_TEXT_MODE=styled"},
		Flags:   map[string]string{"listen": "127.0.0.1:3"},
	})
	if c.Listen != "127.0.0.1:3" || c.Mode != config.Simulator || c.SignalCLI.MaxCalls != 7 || c.TextMode != ports.TextStyled {
		t.Errorf("got %+v", c)
	}
	if diff := cmp.Diff([]string{"a.example", "b.example"}, c.AllowedHosts); diff != "" {
		t.Error(diff)
	}
	for key, source := range map[string]string{
		"listen":               "flag",
		"mode":                 "environment, MODE",
		"signal_cli.max_calls": "file " + file + ", line 4",
		"log_level":            "default",
	} {
		if got := c.Value(key).Source; got != source {
			t.Errorf("%s comes from %q, want %q", key, got, source)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	file := write(t, "h.yaml", "mode: jsonrpc\nlsten: x\nmode: simulator\nsignal_cli: {timeout: [1, {}]}\n")
	_, _, err := config.Load(config.Sources{
		File:    file,
		Environ: []string{"PORT=http", "HELIOGRAPH_TOKN=x", "AUTO_RECEIVE_SCHEDULE=daily", "HELIOGRAPH_RECEIVE_INTERVAL=soon"},
		Flags:   map[string]string{"nope": "1"},
	})
	var faults config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{`"lsten"`, "line 3", "signal_cli.timeout", "PORT", "HELIOGRAPH_TOKN", "AUTO_RECEIVE_SCHEDULE", "HELIOGRAPH_RECEIVE_INTERVAL", `"nope"`, "mode"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault names %s:\n%s", want, strings.Join(faults, "\n"))
		}
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"port is a word":                    {[]string{"PORT=http"}, "PORT"},
		"a trust mode that is none":         {[]string{"MODE=json-rpc", "JSON_RPC_TRUST_NEW_IDENTITIES=sometimes"}, "JSON_RPC_TRUST_NEW_IDENTITIES"},
		"port too large":                    {[]string{"PORT=70000"}, "PORT"},
		"schedule in a daemon mode":         {[]string{"MODE=json-rpc", "AUTO_RECEIVE_SCHEDULE=0 22 * * *"}, "AUTO_RECEIVE_SCHEDULE"},
		"command timeout in a daemon mode":  {[]string{"MODE=json-rpc", "SIGNAL_CLI_CMD_TIMEOUT=10"}, "SIGNAL_CLI_CMD_TIMEOUT"},
		"schedule of four fields":           {[]string{"AUTO_RECEIVE_SCHEDULE=0 22 * *"}, "AUTO_RECEIVE_SCHEDULE"},
		"schedule with a macro":             {[]string{"AUTO_RECEIVE_SCHEDULE=@daily"}, "AUTO_RECEIVE_SCHEDULE"},
		"both ways to say native":           {[]string{"USE_NATIVE=1", "MODE=native"}, "USE_NATIVE"},
		"open to others without a token":    {[]string{"HELIOGRAPH_LISTEN=0.0.0.0:8080"}, "HELIOGRAPH_TOKEN"},
		"open to others, said half":         {[]string{"HELIOGRAPH_LISTEN=:8080", "HELIOGRAPH_ALLOW_UNAUTHENTICATED=no"}, "HELIOGRAPH_ALLOW_UNAUTHENTICATED"},
		"consent by a number":               {[]string{"HELIOGRAPH_LISTEN=:8080", "HELIOGRAPH_ALLOW_UNAUTHENTICATED=1"}, "HELIOGRAPH_ALLOW_UNAUTHENTICATED): must be the word yes"},
		"consent by another word":           {[]string{"HELIOGRAPH_LISTEN=:8080", "HELIOGRAPH_ALLOW_UNAUTHENTICATED=true"}, "HELIOGRAPH_ALLOW_UNAUTHENTICATED): must be the word yes"},
		"consent in capitals":               {[]string{"HELIOGRAPH_ALLOW_UNAUTHENTICATED=YES"}, "HELIOGRAPH_ALLOW_UNAUTHENTICATED): must be the word yes"},
		"address in a process mode":         {[]string{"HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://127.0.0.1:1"}, "signal_cli.address"},
		"address without a scheme":          {[]string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=127.0.0.1:1"}, "unix:///path"},
		"relative socket":                   {[]string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=unix://x"}, "unix:///path"},
		"token file is missing":             {[]string{"HELIOGRAPH_TOKEN_FILE=/nowhere/token"}, "token_file"},
		"token with a blank":                {[]string{"HELIOGRAPH_TOKEN=a b"}, "token"},
		"configuration file is missing":     {[]string{"HELIOGRAPH_CONFIG=/nowhere/h.yaml"}, "/nowhere/h.yaml"},
		"webhook that is no URL":            {[]string{"RECEIVE_WEBHOOK_URL=s3cret@127.0.0.1:1/hook"}, "RECEIVE_WEBHOOK_URL): must be an http or https URL"},
		"webhook of another scheme":         {[]string{"RECEIVE_WEBHOOK_URL=ftp://hermes:s3cret@127.0.0.1/hook"}, "RECEIVE_WEBHOOK_URL): must be an http or https URL"},
		"webhook without a host":            {[]string{"RECEIVE_WEBHOOK_URL=http:///hook"}, "RECEIVE_WEBHOOK_URL): must be an http or https URL"},
		"webhook given up at once":          {[]string{"HELIOGRAPH_WEBHOOK_GIVE_UP_AFTER=0"}, "HELIOGRAPH_WEBHOOK_GIVE_UP_AFTER"},
		"a way to acknowledge that is none": {[]string{"HELIOGRAPH_RECEIVE_ACK=often"}, "HELIOGRAPH_RECEIVE_ACK): must be pong, none or explicit"},
		"a start that is none":              {[]string{"HELIOGRAPH_RECEIVE_UNNAMED=first"}, "HELIOGRAPH_RECEIVE_UNNAMED): must be live or last"},
		"origin with a path":                {[]string{"HELIOGRAPH_ALLOWED_ORIGINS=https://a.example/x"}, "allowed_origins"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Load(config.Sources{Environ: c.environ})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a fault that names %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the fault shows a secret: %v", err)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"unknown mode":                   {[]string{"MODE=fast"}, "normal"},
		"unknown level":                  {[]string{"LOG_LEVEL=loud"}, "info"},
		"time limit that is none":        {[]string{"SIGNAL_CLI_CMD_TIMEOUT=soon"}, "120"},
		"unknown text mode":              {[]string{"DEFAULT_SIGNAL_TEXT_MODE=fancy"}, "DEFAULT_SIGNAL_TEXT_MODE"},
		"Swagger's host":                 {[]string{"SWAGGER_HOST=signal.example"}, "HELIOGRAPH_ALLOWED_HOSTS"},
		"plugins":                        {[]string{"ENABLE_PLUGINS=true"}, "ENABLE_PLUGINS"},
		"another user":                   {[]string{"SIGNAL_CLI_UID=" + strconv.Itoa(os.Getuid()+1)}, "--user"},
		"owners changed":                 {[]string{"SIGNAL_CLI_CHOWN_ON_STARTUP=true"}, "SIGNAL_CLI_CONFIG_DIR must belong"},
		"the older way to say native":    {[]string{"USE_NATIVE=1"}, "MODE=native"},
		"to ignore with a process each":  {[]string{"JSON_RPC_IGNORE_STORIES=true"}, "AUTO_RECEIVE_SCHEDULE_IGNORE_STORIES"},
		"to trust with a process each":   {[]string{"JSON_RPC_TRUST_NEW_IDENTITIES=never"}, "/v1/configuration/"},
		"to ignore, a word that is none": {[]string{"MODE=json-rpc", "JSON_RPC_IGNORE_STORIES=stories"}, "JSON_RPC_IGNORE_STORIES"},
		"to ignore, a daemon of others": {[]string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://127.0.0.1:1", "JSON_RPC_IGNORE_AVATARS=true"},
			"--ignore-avatars"},
		"open to others, said in words": {[]string{"HELIOGRAPH_LISTEN=0.0.0.0:8080", "HELIOGRAPH_ALLOW_UNAUTHENTICATED=yes"}, "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings := load(t, config.Sources{Environ: append(c.environ, "SIGNAL_CLI_CONFIG_DIR=/nowhere")})
			if !strings.Contains(strings.Join(warnings, "\n"), c.want) {
				t.Errorf("warnings %q do not name %q", warnings, c.want)
			}
		})
	}
}

// What asks for nothing that is not so anyway is nothing to be warned of: the reference's image sets some of it by itself.
func TestNoWarning(t *testing.T) {
	for name, environ := range map[string][]string{
		"our own user":         {"SIGNAL_CLI_UID=" + strconv.Itoa(os.Getuid()), "SIGNAL_CLI_GID=" + strconv.Itoa(os.Getgid())},
		"no change of owners":  {"SIGNAL_CLI_CHOWN_ON_STARTUP=false"},
		"no plugins":           {"ENABLE_PLUGINS=false"},
		"no HTTPS":             {"SWAGGER_USE_HTTPS_AS_PREFERRED_SCHEME=false"},
		"nothing ignored":      {"JSON_RPC_IGNORE_STICKERS=false"},
		"trust of every mode":  {"JSON_RPC_TRUST_NEW_IDENTITIES=on-first-use"},
		"a daemon of our own":  {"MODE=json-rpc", "JSON_RPC_IGNORE_STORIES=true", "JSON_RPC_TRUST_NEW_IDENTITIES=always"},
		"a child of our own":   {"MODE=json-rpc-native", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=stdio:", "JSON_RPC_IGNORE_STORIES=true"},
		"a webhook":            {"RECEIVE_WEBHOOK_URL=http://127.0.0.1:1"},
		"empty, as Compose is": {"RECEIVE_WEBHOOK_URL=", "USE_NATIVE="},
	} {
		t.Run(name, func(t *testing.T) {
			if _, warnings := load(t, config.Sources{Environ: append(environ, "SIGNAL_CLI_CONFIG_DIR=/nowhere")}); len(warnings) > 0 {
				t.Errorf("warnings %q", warnings)
			}
		})
	}
}

func TestVariablesOfTheDaemon(t *testing.T) {
	c, _ := load(t, config.Sources{Environ: []string{"MODE=json-rpc", "SIGNAL_CLI_CONFIG_DIR=/nowhere", "JSON_RPC_TRUST_NEW_IDENTITIES=never",
		"JSON_RPC_IGNORE_ATTACHMENTS=true", "JSON_RPC_IGNORE_STORIES=true", "JSON_RPC_IGNORE_AVATARS=true", "JSON_RPC_IGNORE_STICKERS=true"}})
	if c.SignalCLI.TrustNewIdentities != domain.TrustNever {
		t.Errorf("trust mode %q", c.SignalCLI.TrustNewIdentities)
	}
	want := config.Receive{IgnoreAttachments: true, IgnoreStories: true, IgnoreAvatars: true, IgnoreStickers: true}
	got := c.Receive
	got.Interval, got.ScheduleTimeout, got.BufferBytes, got.Ack = 0, 0, 0, ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOlderWayToSayNative(t *testing.T) {
	for value, want := range map[string]config.Mode{"1": config.Native, "0": config.Normal} {
		if c, _ := load(t, config.Sources{Environ: []string{"USE_NATIVE=" + value}}); c.Mode != want {
			t.Errorf("USE_NATIVE=%s is mode %s, want %s", value, c.Mode, want)
		}
	}
}

func TestPortReplacesThePort(t *testing.T) {
	c, _ := load(t, config.Sources{Environ: []string{"HELIOGRAPH_LISTEN=[::1]:8080", "PORT=9"}})
	if c.Listen != "[::1]:9" {
		t.Errorf("got %q", c.Listen)
	}
}

func TestTokenFile(t *testing.T) {
	file := write(t, "token", "s3cret\n")
	c, _ := load(t, config.Sources{Environ: []string{"HELIOGRAPH_TOKEN_FILE=" + file, "HELIOGRAPH_LISTEN=0.0.0.0:1"}})
	if c.Token != "s3cret" {
		t.Errorf("got %q", string(c.Token))
	}
	var out strings.Builder
	if err := c.Write(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "s3cret") || !strings.Contains(out.String(), "(hidden)") {
		t.Errorf("the token is not hidden:\n%s", out.String())
	}
}

func TestWebhookIsHidden(t *testing.T) {
	c, _ := load(t, config.Sources{Environ: []string{"RECEIVE_WEBHOOK_URL=https://hermes:s3cret@example.org/hook?key=hidden-key"}})
	if c.Webhook != (config.Webhook{URL: "https://hermes:s3cret@example.org/hook?key=hidden-key", Timeout: 10 * time.Second, GiveUpAfter: 5 * time.Minute}) {
		t.Errorf("timeout %s, give up after %s", c.Webhook.Timeout, c.Webhook.GiveUpAfter)
	}
	var out strings.Builder
	if err := c.Write(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "s3cret") || strings.Contains(out.String(), "hidden-key") {
		t.Errorf("the webhook's address is not hidden:\n%s", out.String())
	}
}

func TestRunningDaemonOfTheReference(t *testing.T) {
	dir := filepath.Dir(write(t, "jsonrpc2.yml", "config:\n  <multi-account>:\n    tcp_port: 6001\n"))
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"daemon mode":         {[]string{"MODE=json-rpc"}, "tcp://127.0.0.1:6001"},
		"an address is named": {[]string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=unix:///x"}, "unix:///x"},
		"a program is named":  {[]string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_COMMAND=signal-cli"}, ""},
		"process mode":        {[]string{"MODE=normal"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c2, _ := load(t, config.Sources{Environ: append(c.environ, "SIGNAL_CLI_CONFIG_DIR="+dir)})
			if got := c2.SignalCLI.Address.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWrittenConfigurationReadsBack(t *testing.T) {
	first, _ := load(t, config.Sources{Environ: []string{"HOME=/nowhere", "AUTO_RECEIVE_SCHEDULE=*/5 * * * *", "HELIOGRAPH_ALLOWED_HOSTS=a,b", "HELIOGRAPH_TOKEN=x"}})
	var out strings.Builder
	if err := first.Write(&out); err != nil {
		t.Fatal(err)
	}
	second, _ := load(t, config.Sources{File: write(t, "h.yaml", out.String()), Environ: []string{"HELIOGRAPH_TOKEN=x"}})
	for _, s := range config.Settings() {
		if first.Value(s.Key).Text != second.Value(s.Key).Text {
			t.Errorf("%s: wrote %q, read %q", s.Key, first.Value(s.Key).Text, second.Value(s.Key).Text)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("mode: simulator\n")
	f.Add("signal_cli: {timeout: 5, files: [a, b]}\n")
	f.Add("a: &x [*x]\n")
	f.Add("- 1\n")
	f.Add("? [a]\n: b\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		path := filepath.Join(dir, "h.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		c, _, err := config.Load(config.Sources{File: path})
		if err == nil && c.Mode == "" {
			t.Error("neither a configuration nor a fault")
		}
	})
}
