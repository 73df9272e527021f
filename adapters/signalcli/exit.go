package signalcli

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// The codes that a process of signal-cli ends with, and their twins of JSON-RPC.
var exitCodes = map[int]int{1: codeUser, 2: codeInternal, 3: codeIO, 4: codeUntrusted, 5: codeRateLimit, 6: codeCaptcha}

// ExitFailure makes of the end of a process what JSON-RPC would have answered, for ErrorOf. stdout may hold the
// result of a send that failed; stderr holds log lines, and the reason.
func ExitFailure(exit int, stdout, stderr []byte) Failure {
	f := Failure{Code: codeInternal, Message: reason(stderr)}
	if code, ok := exitCodes[exit]; ok {
		f.Code = code
	}
	line := bytes.TrimSpace(stdout)
	if i := bytes.LastIndexByte(line, '\n'); i >= 0 {
		line = bytes.TrimSpace(line[i+1:])
	}
	if len(line) > 0 && line[0] == '{' && json.Valid(line) {
		f.Data = append(append([]byte(`{"response":`), line...), '}')
	}
	return f
}

var (
	logLine   = regexp.MustCompile(`^(\S+ )?(\[[^\]]*\] )?(TRACE|DEBUG|INFO|WARN)\b`)
	stackLine = regexp.MustCompile(`^\s+at |^\s*\.\.\. \d+ more|^Caused by: |^Picked up JAVA_|^SLF4J|^WARNING: |^OpenJDK .*warning`)
)

// reason finds in stderr what a user can read: no log lines, no stack, and of a syntax error only its last line.
func reason(stderr []byte) string {
	var lines []string
	usage := false
	for line := range strings.Lines(string(bytes.ToValidUTF8(stderr, []byte("\uFFFD")))) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || logLine.MatchString(line) || stackLine.MatchString(line) {
			continue
		}
		usage = usage || strings.HasPrefix(line, "usage: ")
		lines = append(lines, line)
	}
	if usage && len(lines) > 0 {
		return lines[len(lines)-1]
	}
	return strings.Join(lines, "\n")
}
