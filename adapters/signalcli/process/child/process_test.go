package child_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/adapters/signalcli/process/child"
)

// role makes this program a parent that starts a child, says its number and waits.
const role = "CHILD_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(role) == "parent" {
		p, err := child.Start(child.Command{Program: "sleep", Args: []string{"60"}})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(p.Pid())
		<-p.Done()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// hang is when a test gives up; no test waits for it.
const hang = 30 * time.Second

func start(t *testing.T, c child.Command) *child.Process {
	t.Helper()
	p, err := child.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill(); wait(t, p); p.Release() })
	return p
}

func wait(t *testing.T, p *child.Process) child.Exit {
	t.Helper()
	select {
	case <-p.Done():
		return p.Exit()
	case <-time.After(hang):
		t.Fatal("the process does not end")
	}
	panic("unreachable")
}

func shell(script string) child.Command {
	return child.Command{Program: "sh", Args: []string{"-c", script}, Grace: 200 * time.Millisecond}
}

// gone waits until no process has the number any more, or only as one that was reaped.
func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if syscall.Kill(pid, 0) == syscall.ESRCH {
			return
		}
		// Where nobody reaps orphans (a container without init) a killed one stays as a zombie.
		if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d still runs", pid)
}

func TestStreamsAreApart(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	c := shell("cat; echo one >&2; printf two >&2; exit 3")
	c.Stdin = "hello"
	c.Stderr = func(line []byte) { mu.Lock(); lines = append(lines, string(line)); mu.Unlock() }
	p := start(t, c)
	out, err := io.ReadAll(p)
	if err != nil || string(out) != "hello" {
		t.Errorf("stdout %q, %v", out, err)
	}
	if exit := wait(t, p); exit.Code != 3 || exit.Signal != 0 || exit.Terminated {
		t.Errorf("exit %+v", exit)
	}
	if got := strings.Join(lines, "|"); got != "one|two" {
		t.Errorf("stderr %q", got)
	}
}

func TestStdinIsNullByDefault(t *testing.T) {
	p := start(t, shell("cat; echo end"))
	if out, _ := io.ReadAll(p); string(out) != "end\n" {
		t.Errorf("stdout %q", out)
	}
}

func TestLongInputNobodyReads(t *testing.T) {
	c := shell("exit 0")
	c.Stdin = strings.Repeat("x", 1<<20)
	if exit := wait(t, start(t, c)); exit.Code != 0 {
		t.Errorf("exit %+v", exit)
	}
}

func TestManyMegabytes(t *testing.T) {
	p := start(t, shell("head -c 20000000 /dev/zero"))
	n, err := io.Copy(io.Discard, p)
	if n != 20000000 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestTalk(t *testing.T) {
	c := child.Command{Program: "cat", Talk: true}
	p := start(t, c)
	if _, err := p.Write([]byte("ping\n")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(p, b); err != nil || string(b) != "ping\n" {
		t.Errorf("%q, %v", b, err)
	}
	p.CloseWrite()
	if exit := wait(t, p); exit.Code != 0 {
		t.Errorf("exit %+v", exit)
	}
}

func TestTerminate(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		signal syscall.Signal
		code   int
	}{
		"ends in order":               {"trap 'exit 0' TERM; echo up; while :; do sleep 0.02; done", 0, 0},
		"dies of it":                  {"echo up; exec sleep 60", syscall.SIGTERM, -1},
		"ignores it":                  {"trap '' TERM; echo up; while :; do sleep 0.02; done", syscall.SIGKILL, -1},
		"has a child that ignores it": {"(trap '' TERM; sleep 60) & echo up; exec sleep 60", syscall.SIGTERM, -1},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, shell(c.script))
			up(t, p)
			p.Terminate()
			p.Terminate()
			exit := wait(t, p)
			if exit.Signal != c.signal || exit.Code != c.code || !exit.Terminated {
				t.Errorf("exit %+v, want signal %v and code %d", exit, c.signal, c.code)
			}
		})
	}
}

func up(t *testing.T, p *child.Process) {
	t.Helper()
	if _, err := io.ReadFull(p, make([]byte, len("up\n"))); err != nil {
		t.Fatal(err)
	}
}

// A process that ends takes along what it left behind and what would hold its output open.
func TestWhatIsLeftBehindEnds(t *testing.T) {
	p := start(t, shell("sleep 60 & echo $!; exit 0"))
	out, err := io.ReadAll(p)
	if err != nil {
		t.Fatal(err)
	}
	if exit := wait(t, p); exit.Code != 0 || exit.Terminated {
		t.Errorf("exit %+v", exit)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}

// One that left the group cannot be ended, but does not hold anybody up either, and costs no byte of what was written.
func TestWhoLeftTheGroupHoldsNobodyUp(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Fatal("setsid is needed: ", err)
	}
	p := start(t, shell("setsid sh -c 'echo $$; sleep 60' & sleep 0.1; echo end; exit 0"))
	out, err := io.ReadAll(p)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, p)
	words := strings.Fields(string(out))
	if len(words) != 2 || words[1] != "end" {
		t.Fatalf("stdout %q", out)
	}
	if pid, err := strconv.Atoi(words[0]); err == nil {
		syscall.Kill(-pid, syscall.SIGKILL)
	}
}

// What was written stays readable for one who reads late.
func TestLateReader(t *testing.T) {
	p := start(t, shell("echo one; echo two"))
	wait(t, p)
	if out, err := io.ReadAll(p); err != nil || string(out) != "one\ntwo\n" {
		t.Errorf("stdout %q, %v", out, err)
	}
}

func TestStartErrors(t *testing.T) {
	if _, err := child.Start(child.Command{Program: filepath.Join(t.TempDir(), "absent")}); err == nil {
		t.Error("an absent program was started")
	}
	long := make([]string, 40)
	for i := range long {
		long[i] = strings.Repeat("x", 120_000)
	}
	if _, err := child.Start(child.Command{Program: "true", Args: long}); err == nil {
		t.Error("5 MB of arguments were taken")
	}
}

func TestRelativeProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	syscall.ForkLock.RLock()
	err := os.WriteFile("program", []byte("#!/bin/sh\necho $0; pwd\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out, _ := io.ReadAll(start(t, child.Command{Program: "./program", Dir: dir}))
	if !strings.HasSuffix(string(out), dir+"\n") {
		t.Errorf("output %q", out)
	}
}

func TestOurVariablesStayHere(t *testing.T) {
	t.Setenv("HELIOGRAPH_TOKEN", "secret")
	t.Setenv("RECEIVE_WEBHOOK_URL", "http://hermes:secret@example.org/")
	t.Setenv("HELIOGRAPH_SIMULATOR_VERSION", "0.13.19")
	t.Setenv("JAVA_OPTS", "-Xmx1g")
	c := child.Command{Program: "env", Env: []string{"LC_ALL=C.UTF-8"}}
	out, _ := io.ReadAll(start(t, c))
	if bytes.Contains(out, []byte("secret")) || !bytes.Contains(out, []byte("JAVA_OPTS=-Xmx1g\n")) || !bytes.Contains(out, []byte("LC_ALL=C.UTF-8\n")) ||
		!bytes.Contains(out, []byte("HELIOGRAPH_SIMULATOR_VERSION=0.13.19\n")) {
		t.Errorf("environment:\n%s", out)
	}
}

func TestNoZombies(t *testing.T) {
	for range 20 {
		wait(t, start(t, shell("exit 1")))
	}
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); err != syscall.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}
