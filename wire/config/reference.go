package config

import (
	"os"
	"strconv"
)

// without are variables of the reference that have no effect here, each with what takes its place. What quiet
// accepts asks for nothing that is not so anyway.
var without = []struct {
	name, instead string
	quiet         func(value string) bool
}{
	{"ENABLE_PLUGINS", "there are no plugins; a client of /v1/receive and /v2/send does what they do", isFalse},
	{"SIGNAL_CLI_REST_API_PLUGIN_SHARED_OBJ_DIR", "there are no plugins", nil},
	{"SIGNAL_CLI_CHOWN_ON_STARTUP", "no file changes its owner; SIGNAL_CLI_CONFIG_DIR must belong to the user of the gateway", isFalse},
	{"SIGNAL_CLI_UID", "the gateway keeps the user who starts it; start it as another one (docker run --user, User= of systemd)", is(os.Getuid())},
	{"SIGNAL_CLI_GID", "the gateway keeps the group that starts it; start it in another one (docker run --user, Group= of systemd)", is(os.Getgid())},
	{"SWAGGER_HOST", "who reads the API's document chooses the address; names of the gateway behind a proxy go into HELIOGRAPH_ALLOWED_HOSTS", nil},
	{"SWAGGER_IP", "who reads the API's document chooses the address; HELIOGRAPH_LISTEN says where the gateway listens", nil},
	{"SWAGGER_USE_HTTPS_AS_PREFERRED_SCHEME", "who reads the API's document chooses the scheme", isFalse},
}

func isFalse(value string) bool {
	set, err := parseBool(value)
	return err == nil && !set
}

func is(id int) func(string) bool {
	return func(value string) bool { return value == strconv.Itoa(id) }
}

// reference reads what only the reference's variables do.
func (l *loader) reference() {
	for _, w := range without {
		if value := l.env[w.name]; value != "" && (w.quiet == nil || !w.quiet(value)) {
			l.warnf("%s has no effect: %s", w.name, w.instead)
		}
	}
	native := l.env["USE_NATIVE"]
	switch {
	case native == "":
	case l.env["MODE"] != "":
		l.faultf("environment: USE_NATIVE and MODE are both set")
	case native == "1":
		l.warnf("USE_NATIVE is deprecated: set MODE=native")
		l.values["mode"] = Value{Text: string(Native), Source: "environment, USE_NATIVE"}
	}
}
