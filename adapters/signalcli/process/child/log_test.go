package child_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"heliograph/adapters/signalcli/process/child"
)

func TestParseLog(t *testing.T) {
	for line, want := range map[string]string{
		"INFO  DaemonCommand - Started JSON-RPC server on UNIX socket: /x":          "INFO DaemonCommand Started JSON-RPC server on UNIX socket: /x",
		"WARN  SignalAccount - Config file is in use by another instance, waiting…": "WARN SignalAccount Config file is in use by another instance, waiting…",
		"ERROR Manager - ":  "ERROR Manager ",
		"DEBUG Manager - x": "DEBUG Manager x",
		"TRACE Manager - x": "DEBUG Manager x",
		"2026-01-01T10:00:00.123Z [main] INFO  o.a.s.App - up - and so on": "INFO o.a.s.App up - and so on",
		"\tat org.asamk.signal.Main.main(Main.java:1)":                     "",
		"Failed to send message: INFO x - y":                               "",
		"Picked up JAVA_TOOL_OPTIONS: -Xmx1g":                              "",
		"usage: signal-cli [-h] INFO  x - y":                               "",
		"":                                                                 "",
	} {
		entry, ok := child.ParseLog([]byte(line))
		got := ""
		if ok {
			got = fmt.Sprint(entry.Level, " ", entry.Class, " ", entry.Message)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestScrub(t *testing.T) {
	for given, secret := range map[string]string{
		"Received message from +15550100001 ok":                     "5550100001",
		"Received message from +1 (555) 010-0001":                   "010",
		"address b8d1c7f2-0000-4000-8000-000000000001 unknown":      "b8d1c7f2",
		"group AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= gone":   "AAECAwQF",
		"url-safe AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 gone": "AAECAwQF",
		`text "see you at noon" not sent`:                           "noon",
		`half "see you at noon`:                                     "noon",
		"link sgnl://linkdevice?uuid=abc&pub_key=def made":          "linkdevice",
		"name u:alice.42 taken":                                     "alice",
	} {
		if got := child.Scrub(given); strings.Contains(got, secret) {
			t.Errorf("%q still holds %q", got, secret)
		}
	}
	for _, harmless := range []string{
		"Connection closed unexpectedly, reconnecting in 100 ms",
		"Started JSON-RPC server",
		"exit 3",
	} {
		if got := child.Scrub(harmless); got != harmless {
			t.Errorf("%q became %q", harmless, got)
		}
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	l := child.NewLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	l.Take([]byte("WARN  Manager - from +15550100001"))
	l.Take([]byte("DEBUG Manager - the body of a message"))
	l.Take([]byte("the body of a message"))
	got := out.String()
	if !strings.Contains(got, "level=WARN") || !strings.Contains(got, "class=Manager") || strings.Contains(got, "0001") || strings.Contains(got, "body") {
		t.Errorf("log: %s", got)
	}
	if n := strings.Count(got, "\n"); n != 2 {
		t.Errorf("%d lines: %s", n, got)
	}
}

func TestLoggerIsBounded(t *testing.T) {
	var out bytes.Buffer
	l := child.NewLogger(slog.New(slog.NewTextHandler(&out, nil)))
	for range 100_000 {
		l.Take([]byte("INFO  Manager - again"))
	}
	if n := strings.Count(out.String(), "\n"); n < 50 || n > 5_000 {
		t.Errorf("%d lines of 100,000 were written", n)
	}
}

func FuzzEachLine(f *testing.F) {
	f.Add([]byte("one\ntwo\r\n\nthree"), uint8(3))
	f.Add(bytes.Repeat([]byte("x"), 10_000), uint8(200))
	f.Fuzz(func(t *testing.T, input []byte, limit uint8) {
		want := bytes.Split(input, []byte("\n"))
		if len(want[len(want)-1]) == 0 {
			want = want[:len(want)-1]
		}
		i := 0
		child.EachLine(bytes.NewReader(input), int(limit), func(line []byte) {
			if i >= len(want) {
				t.Fatalf("line %d of %d", i, len(want))
			}
			if len(line) > int(limit) || !bytes.HasPrefix(want[i], line) {
				t.Errorf("line %q, want %q", line, want[i])
			}
			child.ParseLog(line)
			child.Scrub(string(line))
			i++
		})
		if i != len(want) && limit > 0 {
			t.Errorf("%d lines, want %d", i, len(want))
		}
	})
}
