package realcli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// launcher is how a signal-cli of the test is started.
type launcher struct {
	install *Install
	partner string // folder that Install.partner returned
	proxy   *net.TCPAddr
	temp    string   // where the JVM unpacks its native libraries
	extra   []string // more options of the JVM
}

// javaOpts are the options of the JVM: the settings that lead signal-cli to the
// stand-in server, and those that make a short run quicker.
func (l launcher) javaOpts() []string {
	jar := filepath.Join(l.partner, offlineJar)
	opts := []string{
		"-Xbootclasspath/a:" + jar,
		"-javaagent:" + jar + "=" + filepath.Join(l.partner, accountDir, "trust-root.b64"),
		// otherwise a JVM that is to make class data ends because of the agent
		"-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent",
		"-Dhttps.proxyHost=" + l.proxy.IP.String(),
		fmt.Sprintf("-Dhttps.proxyPort=%d", l.proxy.Port),
		"-Djava.io.tmpdir=" + l.temp,
		"-XX:TieredStopAtLevel=1",
		"-XX:+UseSerialGC",
		"-Xlog:disable", // the JVM's own warnings go to standard output
	}
	return append(opts, l.extra...)
}

// env is the environment for the stock start script.
func (l launcher) env() []string {
	return []string{"JAVA_HOME=" + l.install.JavaHome, "JAVA_OPTS=" + quoteOpts(l.javaOpts())}
}

// write writes signal-cli and signal-cli-native into dir: scripts that need no
// environment. JAVA_OPTS of their caller come last, so they win; a caller that
// brings class data of its own switches ours off.
func (l launcher) write(dir string) error {
	script := fmt.Sprintf(`#!/bin/sh
# The real signal-cli, led to the stand-in server of one test.
own=%s
case " ${JAVA_OPTS-} ${JDK_JAVA_OPTIONS-} ${JAVA_TOOL_OPTIONS-}" in
*" -XX:SharedArchiveFile="* | *" -XX:ArchiveClassesAtExit="* | *" -XX:AOT"*) classes= ;;
*) classes=%s ;;
esac
export JAVA_HOME=%s JAVA_OPTS="$own $classes ${JAVA_OPTS-}"
exec %s "$@"
`, quote(quoteOpts(l.javaOpts())), quote(quoteOpts([]string{"-XX:SharedArchiveFile=" + filepath.Join(l.partner, archive)})),
		quote(l.install.JavaHome), quote(filepath.Join(l.install.Dir, "bin", "signal-cli")))
	return errors.Join(
		os.MkdirAll(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "signal-cli"), []byte(script), 0o755),
		os.WriteFile(filepath.Join(dir, "signal-cli-native"), []byte(script), 0o755),
	)
}

// quoteOpts joins options as the start script splits them again.
func quoteOpts(opts []string) string {
	quoted := make([]string, len(opts))
	for i, opt := range opts {
		quoted[i] = opt
		if strings.ContainsAny(opt, " '\t") {
			quoted[i] = `"` + opt + `"`
		}
	}
	return strings.Join(quoted, " ")
}

// quote makes one word of the shell of a text.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
