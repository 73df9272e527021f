package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/simulator"
)

// folder is a --config folder whose background process ends with the test.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := simulator.Stop(ctx, dir); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return dir
}

type ran struct {
	code           int
	stdout, stderr string
}

// cli runs the executable with a folder.
func cli(t *testing.T, dir, stdin string, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	code := simulator.Main(ctx, append([]string{"--config=" + dir}, args...), strings.NewReader(stdin), &stdout, &stderr, os.Getenv)
	if ctx.Err() != nil {
		t.Fatalf("%q took too long: %s%s", args, stdout.String(), stderr.String())
	}
	return ran{code, stdout.String(), stderr.String()}
}

func TestOneProcessPerCall(t *testing.T) {
	dir := folder(t)
	if got := cli(t, dir, "", "-o", "json", "listAccounts"); got.code != 0 ||
		got.stdout != `[{"number":"+15550100001"},{"number":"+15550100002"},{"number":"+15550100003"}]`+"\n" {
		t.Fatalf("listAccounts: %+v", got)
	}
	sent := cli(t, dir, "from stdin\n", "-o", "json", "-a", alice, "send", "--message-from-stdin", "--", bob)
	var response struct {
		Timestamp float64
		Results   []struct{ Type string }
	}
	if err := json.Unmarshal([]byte(sent.stdout), &response); err != nil || sent.code != 0 || response.Results[0].Type != "SUCCESS" {
		t.Fatalf("send: %+v", sent)
	}
	got := cli(t, dir, "", "-o", "json", "-a", bob, "receive", "--timeout", "0.2", "--max-messages", "1")
	var payload struct {
		Account  string
		Envelope struct{ DataMessage struct{ Message string } }
	}
	if err := json.Unmarshal([]byte(got.stdout), &payload); err != nil || payload.Account != bob ||
		payload.Envelope.DataMessage.Message != "from stdin\n" {
		t.Fatalf("receive: %+v", got)
	}
	if got := cli(t, dir, "", "-o", "json", "-a", bob, "receive", "--timeout=0"); got.code != 0 || got.stdout != "" {
		t.Errorf("second receive: %+v", got)
	}
	if got := cli(t, dir, "", "-a", alice, "receive", "--timeout=0.2"); !strings.Contains(got.stdout, "Received a receipt message") {
		t.Errorf("plain text receive: %+v", got)
	}
}

func TestExitCodesAndTexts(t *testing.T) {
	dir := folder(t)
	for _, test := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string // regular expressions
	}{
		{"version", []string{"--version"}, 0, `^signal-cli 0\.14\.6\n$`, `^$`},
		{"version as a command", []string{"-o", "json", "version"}, 0, `^\{"version":"0\.14\.6"\}\n$`, `^$`},
		{"nothing printed for an empty result", []string{"-o", "json", "-a", alice, "sendContacts"}, 0, `^$`, `^$`},
		{"syntax", []string{"send", "--bogus"}, 1, `^$`, `^usage: .*\nsignal-cli: error: unrecognized arguments: '--bogus'\n$`},
		{"several accounts", []string{"listGroups"}, 1, `^$`, `Multiple users found`},
		{"unknown account", []string{"-a", "+15550109999", "listGroups"}, 1, `^$`, `^User \+15550109999 is not registered\.\n$`},
		{"unsupported output", []string{"-o", "json", "link"}, 1, `^$`, `doesn't support output type json`},
		{"jsonRpc as plain text", []string{"-o", "plain-text", "jsonRpc"}, 1, `^$`, `doesn't support output type`},
		{"link with an account", []string{"-a", alice, "link"}, 1, `^$`, `cannot specify`},
		{"a failed send prints both", []string{"-o", "json", "-a", alice, "send", "-m", "x", "+15559990001"}, 1,
			`"type":"UNREGISTERED_FAILURE"`, `^Failed to send message\n$`},
		{"server trouble", []string{"-a", alice, "removeDevice", "-d", "7"}, 3, `^$`, `^Error while removing device: \[404\] \n$`},
		{"unexpected", []string{"-a", alice, "send", "-m", "x", "-a", "/nonexistent", "--", bob}, 2, `^$`, `\(UnexpectedErrorException\)`},
		{"captcha rejected", []string{"-a", alice, "submitRateLimitChallenge", "--challenge", "c", "--captcha", "x"}, 6, `^$`, `Captcha rejected`},
		{"daemon without a channel", []string{"daemon"}, 1, `^$`, `No channel`},
		{"daemon with a bad address", []string{"daemon", "--tcp=nohost"}, 1, `^$`, `expected host:port`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := cli(t, dir, "", test.args...)
			if got.code != test.code || !regexp.MustCompile(test.stdout).MatchString(got.stdout) || !regexp.MustCompile(test.stderr).MatchString(got.stderr) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestManyFirstCallersShareOneNetwork(t *testing.T) {
	dir := folder(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if got := cli(t, dir, "", "-o", "json", "-a", alice, "send", "-m", "hi", "--", bob); got.code != 0 {
				t.Errorf("%+v", got)
			}
		}()
	}
	wg.Wait()
	got := cli(t, dir, "", "-o", "json", "-a", bob, "receive", "--timeout=0.5")
	if n := strings.Count(got.stdout, `"message":"hi"`); n != 8 {
		t.Errorf("%d of 8 messages arrived", n)
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	dir := folder(t)
	l, err := net.Listen("unix", filepath.Join(dir, "simulator.sock"))
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = l.Close()
	if got := cli(t, dir, "", "listAccounts"); got.code != 0 || !strings.HasPrefix(got.stdout, "Number: +15550100001\n") {
		t.Errorf("%+v", got)
	}
}

func TestDaemonOnSocketAndTCP(t *testing.T) {
	dir := folder(t)
	path := filepath.Join(dir, "run", "socket")
	d := stay(t, dir, "-o", "json", "daemon", "--socket="+path, "--tcp=127.0.0.1:0", "--receive-mode=manual")
	tcp := regexp.MustCompile(`server on (127\.0\.0\.1:\d+)`).FindStringSubmatch(d.stderr.await(t, "server on 127.0.0.1"))[1]
	d.stderr.await(t, path)

	unixConn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	tcpConn, err := net.Dial("tcp", tcp)
	if err != nil {
		t.Fatal(err)
	}
	a, b := newClient(t, unixConn), newClient(t, tcpConn)
	b.ok("subscribeReceive", object{"account": bob})
	a.ok("send", object{"account": alice, "recipient": bob, "message": "through the daemon"})
	if account, envelope := b.envelope(); account != bob || envelope["dataMessage"].(object)["message"] != "through the daemon" {
		t.Errorf("%s got %v", account, envelope)
	}
	if got := cli(t, dir, "", "daemon", "--socket="+path, "-v"); got.code != 1 {
		t.Errorf("syntax: %+v", got)
	}
	_ = unixConn.Close()
	_ = tcpConn.Close()
	d.cancel()
	if code := <-d.code; code != 0 {
		t.Errorf("exit %d", code)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket file is left")
	}
}

func TestOnStartDaemonPrintsWhatItReceives(t *testing.T) {
	dir := folder(t)
	d := stay(t, dir, "-a", bob, "-o", "json", "daemon", "--tcp=127.0.0.1:0")
	d.stderr.await(t, "single-account mode")
	d.stderr.await(t, "server on")
	if got := cli(t, dir, "", "-a", alice, "send", "-m", "printed", "--", bob); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	d.stdout.await(t, `"message":"printed"`)
}

func TestSingleAccountDaemonEndsWithItsAccount(t *testing.T) {
	dir := folder(t)
	d := stay(t, dir, "-a", carol, "daemon", "--tcp=127.0.0.1:0", "--receive-mode=manual")
	address := regexp.MustCompile(`server on (127\.0\.0\.1:\d+)`).FindStringSubmatch(d.stderr.await(t, "server on 127.0.0.1:"))[1]
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	newClient(t, conn).write(`{"jsonrpc":"2.0","method":"unregister","id":1}` + "\n")
	if code := <-d.code; code != 0 {
		t.Errorf("exit %d: %s", code, d.stderr.await(t, ""))
	}
}

func TestSecondProcessWaitsForTheAccount(t *testing.T) {
	dir := folder(t)
	d := stay(t, dir, "-a", alice, "daemon", "--tcp=127.0.0.1:0", "--receive-mode=manual")
	d.stderr.await(t, "server on")
	second := stay(t, dir, "-a", alice, "-o", "json", "listDevices")
	second.stderr.await(t, "Config file is in use by another instance, waiting…")
	if got := cli(t, dir, "", "-a", bob, "-o", "json", "listDevices"); got.code != 0 {
		t.Errorf("another account: %+v", got)
	}
	d.cancel()
	<-d.code
	if code := <-second.code; code != 0 {
		t.Errorf("exit %d", code)
	}
	second.stderr.await(t, "lock acquired")
	second.stdout.await(t, `"id":1`)
}

func TestJSONRPCOnStandardInput(t *testing.T) {
	dir := folder(t)
	r := stay(t, dir, "-a", alice, "jsonRpc")
	if _, err := io.WriteString(r.stdin, `{"jsonrpc":"2.0","method":"send","params":{"noteToSelf":true,"notifySelf":true,"message":"me"},"id":"x"}`); err != nil {
		t.Fatal(err)
	}
	_ = r.stdin.Close()
	if code := <-r.code; code != 0 {
		t.Errorf("exit %d", code)
	}
	r.stdout.await(t, `"id":"x"}`)
}

func TestLinkAndRegisterByCommand(t *testing.T) {
	t.Setenv("HELIOGRAPH_SIMULATOR_AUTO_SCAN", dave)
	dir := folder(t)
	if got := cli(t, dir, "", "link", "--name=test"); got.code != 0 ||
		!regexp.MustCompile(`^sgnl://linkdevice\?uuid=[^\n]+\nAssociated with: \+15550100004\n$`).MatchString(got.stdout) {
		t.Fatalf("link: %+v", got)
	}
	if got := cli(t, dir, "", "-a", "+15550100077", "register"); got.code != 0 {
		t.Fatalf("register: %+v", got)
	}
	log, err := os.ReadFile(filepath.Join(dir, "simulator.log"))
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`verification code for \+15550100077: (\S+)`).FindStringSubmatch(string(log))
	if code == nil {
		t.Fatalf("no code in %q", log)
	}
	if got := cli(t, dir, "", "-a", "+15550100077", "verify", "--", "000000x"); got.code != 3 {
		t.Errorf("wrong code: %+v", got)
	}
	if got := cli(t, dir, "", "-a", "+15550100077", "verify", "--", code[1]); got.code != 0 {
		t.Errorf("verify: %+v", got)
	}
	if got := cli(t, dir, "", "listAccounts"); !strings.Contains(got.stdout, "+15550100077") || !strings.Contains(got.stdout, dave) {
		t.Errorf("listAccounts: %+v", got)
	}
}
