package child

import (
	"os"
	"slices"
	"strings"
)

// environment is ours without what only this program should know, (the simulator's are the child's, when it is one), and with what the process needs.
func (c Command) environment() []string {
	var env []string
	user, others := "", ""
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "HELIOGRAPH_") && !strings.HasPrefix(v, "HELIOGRAPH_SIMULATOR_") {
			continue
		}
		name, value, _ := strings.Cut(v, "=")
		if name == "RECEIVE_WEBHOOK_URL" { // it may hold credentials
			continue
		}
		if slices.Contains(javaVariables, name) {
			others += " " + value
		}
		if name == "JAVA_OPTS" {
			user = value
		}
		env = append(env, v)
	}
	// Java reads arguments in the character set of the locale: in the C locale every letter that is not ASCII would be lost.
	env = append(env, "LC_ALL=C.UTF-8")
	if c.TempDir != "" {
		env = append(env, "TMPDIR="+c.TempDir)
	}
	if options := c.javaOptions(others); len(options) > 0 {
		env = append(env, "JAVA_OPTS="+strings.TrimSpace(strings.Join(options, " ")+" "+user))
	}
	return append(env, c.Env...)
}

// javaVariables are where a user may have put options of the Java machine.
var javaVariables = []string{"JAVA_OPTS", "SIGNAL_CLI_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"}

// contradictions are what in an option of ours does not go together with what in one of the user's: two
// collectors are refused, and a machine with an agent, or with an archive of its own, cannot keep one for us.
var contradictions = map[string][]string{
	"GC":      {"GC"},
	"Archive": {"-javaagent", "-agent", "Archive", "-Xshare", "AOT"},
}

// javaOptions are ours, quoted for the start script of signal-cli, less those that would contradict the user's.
func (c Command) javaOptions(user string) []string {
	var options []string
	if c.TempDir != "" { // Java does not look at TMPDIR
		options = append(options, quoted("-Djava.io.tmpdir="+c.TempDir))
	}
	for _, o := range c.JavaOptions {
		if !contradicts(o, user) {
			options = append(options, quoted(o))
		}
	}
	return options
}

func contradicts(option, user string) bool {
	for ours, theirs := range contradictions {
		if !strings.Contains(option, ours) {
			continue
		}
		for _, t := range theirs {
			if strings.Contains(user, t) {
				return true
			}
		}
	}
	return false
}

// quoted is for the xargs of the start script, which splits at spaces and reads quotes and backslashes.
func quoted(word string) string {
	if !strings.ContainsAny(word, " \t\n'\"\\") {
		return word
	}
	var b strings.Builder
	for _, r := range word {
		if strings.ContainsRune(" \t'\"\\", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
