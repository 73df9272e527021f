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

// The lines are those of the real signal-cli 0.13.19, with what it put in for the values.
func TestKnown(t *testing.T) {
	for given, want := range map[string]string{
		"Starting daemon in multi-account mode":                                                            "Starting daemon in multi-account mode",
		"Starting daemon in single-account mode for +15550100001":                                          "Starting daemon in single-account mode for …",
		"Started JSON-RPC server on /127.0.0.1:40241":                                                      "Started JSON-RPC server on …",
		"Started HTTP server on /127.0.0.1:0":                                                              "Started HTTP server on …",
		"Received SIGTERM signal, shutting down ...":                                                       "Received … signal, shutting down ...",
		"Config file is in use by another instance, waiting…":                                              "Config file is in use by another instance, waiting…",
		"Config file lock acquired.":                                                                       "Config file lock acquired.",
		"Connection closed unexpectedly, reconnecting in 100 ms":                                           "Connection closed unexpectedly, reconnecting in 100 ms",
		"Failed to load +15550100001: connection refused (java.io.IOException)":                            "Failed to load …: … (java.io.IOException)",
		"Failed to retrieve profile, ignoring: Carol Example":                                              "Failed to retrieve profile, ignoring: …",
		"Failed to send message due to IO exception: see you at noon":                                      "Failed to send message due to IO exception: …",
		"Failed to load pre key: java.lang.NullPointerException: Carol's key":                              "Failed to load pre key: java.lang.NullPointerException",
		"Failed to download avatar for contact Carol Example, ignoring: oh dear":                           "Failed to download avatar for contact …, ignoring: …",
		"Ignoring a message from blocked user/group: b8d1c7f2-0000-4000-8000-001":                          "Ignoring a message from blocked user/group: …",
		"Unsupported DataMessage! Our version: 1, their version: 15550100001":                              "Unsupported DataMessage! Our version: 1, their version: …",
		"Received link information from +15550100001, linking in progress ...":                             "Received link information from …, linking in progress ...",
		"Failed to delete received attachment temp file “/tmp/secret”, ignoring: Exception CarolException": "Failed to delete received attachment temp file “…”, ignoring: …",

		"see you at noon": "",
		"Sent Carol Example the text see you at noon":               "",
		"Config file lock acquired. Carol":                          "",
		"Received message from +15550100001":                        "",
		"[libsignal]: session with +15550100001 has no sender key":  "",
		"link sgnl://linkdevice?uuid=abc&pub_key=def made":          "",
		"group AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= is new": "",
		"": "",
	} {
		if got, ok := child.Known(given); got != want || ok != (want != "") {
			t.Errorf("%q became %q (%v), want %q", given, got, ok, want)
		}
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	l := child.NewLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	l.Take([]byte("WARN  Manager - from +15550100001"))
	l.Take([]byte("DEBUG Manager - the body of a message"))
	l.Take([]byte("ERROR ReceiveHelper - the body of a message"))
	l.Take([]byte("INFO  SignalAccount - Config file lock acquired."))
	l.Take([]byte("the body of a message"))
	got := out.String()
	if !strings.Contains(got, "level=WARN") || !strings.Contains(got, "class=Manager") || strings.Contains(got, "0001") || strings.Contains(got, "body") {
		t.Errorf("log: %s", got)
	}
	if n := strings.Count(got, "\n"); n != 4 || !strings.Contains(got, "Config file lock acquired.") || !strings.Contains(got, "class=ReceiveHelper") {
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
			child.Known(string(line))
			i++
		})
		if i != len(want) && limit > 0 {
			t.Errorf("%d lines, want %d", i, len(want))
		}
	})
}
