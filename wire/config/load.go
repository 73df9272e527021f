package config

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sources are where a configuration comes from, the later over the earlier.
type Sources struct {
	// File is the path of the YAML file; empty for HELIOGRAPH_CONFIG, or none.
	File string
	// Environ is as os.Environ gives it.
	Environ []string
	// Flags are settings by key.
	Flags map[string]string
}

// Faults are all that is wrong with a configuration, a sentence each.
type Faults []string

func (f Faults) Error() string { return "configuration: " + strings.Join(f, "; ") }

// Problems gives them one by one.
func (f Faults) Problems() []string { return f }

// loader collects values and faults.
type loader struct {
	env      map[string]string
	webhooks []ConfiguredWebhook
	values   map[string]Value
	faults   Faults
	warnings []string
}

// Load reads and checks. warnings are sentences for the log; err is Faults, or what reading the file returned.
func Load(sources Sources) (c Config, warnings []string, err error) {
	l := &loader{env: environment(sources.Environ), values: map[string]Value{}}
	l.defaults()
	l.file(sources.File)
	l.environment()
	l.flags(sources.Flags)
	l.runningDaemon()
	l.storeDefaults()
	c = l.config()
	l.check(c)
	if len(l.faults) > 0 {
		return Config{}, l.warnings, l.faults
	}
	return c, l.warnings, nil
}

func environment(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}

func (l *loader) faultf(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

func (l *loader) warnf(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

// put sets a value; an empty one counts as absent, as container tools set them.
func (l *loader) put(key, text, source string) {
	if text != "" {
		l.values[key] = Value{Text: text, Source: source}
	}
}

func (l *loader) defaults() {
	for _, s := range settings {
		text := s.Default
		if rest, ok := strings.CutPrefix(text, "$XDG_DATA_HOME"); ok {
			text = dataHome(l.env) + rest
		}
		l.values[s.Key] = Value{Text: text, Source: "default"}
	}
}

// dataHome is the user's folder for data of programs.
func dataHome(env map[string]string) string {
	if dir := env["XDG_DATA_HOME"]; filepath.IsAbs(dir) {
		return dir
	}
	if home := env["HOME"]; home != "" {
		return filepath.Join(home, ".local", "share")
	}
	return filepath.Join(os.TempDir(), "share")
}

func (l *loader) file(name string) {
	source := "file " + name
	if name == "" {
		name = l.env["HELIOGRAPH_CONFIG"]
		source = "file " + name
	}
	if name == "" {
		return
	}
	content, err := os.ReadFile(name)
	if err != nil {
		l.faultf("configuration file %s: %v", name, reason(err))
		return
	}
	entries, webhooks, faults := flatten(content)
	l.webhooks = webhooks
	for _, fault := range faults {
		l.faultf("%s: %s", source, fault)
	}
	for _, e := range entries {
		if !slices.ContainsFunc(settings, func(s Setting) bool { return s.Key == e.key }) {
			l.faultf("%s, line %d: unknown key %q", source, e.line, e.key)
			continue
		}
		l.put(e.key, e.text, fmt.Sprintf("%s, line %d", source, e.line))
	}
}

// reason is the cause of a file's error without the path that the caller names already.
func reason(err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		return pathErr.Err
	}
	return err
}

func (l *loader) environment() {
	known := map[string]bool{"HELIOGRAPH_CONFIG": true, "HELIOGRAPH_URL": true} // the latter is for the commands that drive a gateway
	for _, s := range settings {
		known[s.Env] = true
		text := l.env[s.Env]
		if err := s.set(&Config{}, text); err != nil && s.Lenient && text != "" {
			l.warnf("environment, %s: %v; as in the reference %s is used", s.Env, err, s.Default)
			continue
		}
		l.put(s.Key, text, "environment, "+s.Env)
	}
	for name := range l.env {
		if strings.HasPrefix(name, "HELIOGRAPH_") && !known[name] && !forOthers(name) {
			l.faultf("environment: unknown variable %s", name)
		}
	}
	l.port()
	l.reference()
}

// forOthers names the variables of tests and of the simulator's executable.
func forOthers(name string) bool {
	return strings.HasPrefix(name, "HELIOGRAPH_TEST_") || strings.HasPrefix(name, "HELIOGRAPH_REQUIRE_") || strings.HasPrefix(name, "HELIOGRAPH_SIMULATOR_")
}

// port lets the reference's PORT replace the port of the address.
func (l *loader) port() {
	port := l.env["PORT"]
	if port == "" {
		return
	}
	if err := checkPort(port); err != nil {
		l.faultf("environment, PORT: %v", err)
		return
	}
	host, _, err := splitHostPort(l.values["listen"].Text)
	if err != nil {
		return // reported with its own source
	}
	l.values["listen"] = Value{Text: net.JoinHostPort(host, port), Source: l.values["listen"].Source + " with environment, PORT"}
}

func (l *loader) flags(flags map[string]string) {
	for key, text := range flags {
		if _, known := l.values[key]; !known {
			l.faultf("flag: unknown setting %q", key)
			continue
		}
		l.put(key, text, "flag")
	}
}

// config parses all values.
func (l *loader) config() Config {
	c := Config{values: l.values, Webhooks: Webhooks{List: l.webhooks}}
	if file := l.values["token_file"]; file.Text != "" {
		l.tokenFile(file)
	}
	if file := l.values["event_log.key_file"]; file.Text != "" {
		l.keyFile(file)
	}
	for _, s := range settings {
		v := l.values[s.Key]
		v.Secret = s.Secret
		l.values[s.Key] = v
		if v.Text == "" {
			continue
		}
		if err := s.set(&c, v.Text); err != nil {
			l.faultf("%s (%s): %v", s.Key, v.Source, err)
		}
	}
	return c
}

func (l *loader) tokenFile(file Value) {
	if token := l.values["token"]; token.Text != "" {
		l.faultf("token (%s) and token_file (%s) are both set; which one is meant?", token.Source, file.Source)
		return
	}
	content, err := os.ReadFile(file.Text)
	if err != nil {
		l.faultf("token_file (%s): %v", file.Source, err)
		return
	}
	text := strings.TrimSpace(string(content))
	if text == "" {
		l.faultf("token_file (%s): the file is empty", file.Source)
	}
	l.values["token"] = Value{Text: text, Source: "file " + file.Text}
}
