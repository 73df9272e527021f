package child

import (
	"os"
	"strings"
)

// environment is ours without what only this program should know, and with what the process needs.
func (c Command) environment() []string {
	var env []string
	user := ""
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "HELIOGRAPH_") {
			continue
		}
		if value, ok := strings.CutPrefix(v, "JAVA_OPTS="); ok {
			user = value
		}
		env = append(env, v)
	}
	// Java reads arguments in the character set of the locale: in the C locale every letter that is not ASCII would be lost.
	env = append(env, "LC_ALL=C.UTF-8")
	if c.TempDir != "" {
		env = append(env, "TMPDIR="+c.TempDir)
	}
	if options := c.javaOptions(user); len(options) > 0 {
		env = append(env, "JAVA_OPTS="+strings.TrimSpace(strings.Join(options, " ")+" "+user))
	}
	return append(env, c.Env...)
}

// javaOptions are ours, quoted for the start script of signal-cli, less those that would contradict the user's.
func (c Command) javaOptions(user string) []string {
	var options []string
	if c.TempDir != "" { // Java does not look at TMPDIR
		options = append(options, quoted("-Djava.io.tmpdir="+c.TempDir))
	}
	for _, o := range c.JavaOptions {
		// Two collectors are refused, and an option of a collector may be one.
		if strings.HasSuffix(o, "GC") && strings.Contains(user, "GC") {
			continue
		}
		options = append(options, quoted(o))
	}
	return options
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
