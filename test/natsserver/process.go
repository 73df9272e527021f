package natsserver

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// program builds nats-server, once for all tests of a process; the go command keeps it for the next.
var program = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "nats-server").Output()
	if err != nil {
		var said []byte
		if exit, ok := err.(*exec.ExitError); ok {
			said = exit.Stderr
		}
		return "", fmt.Errorf("go tool nats-server: %w: %s", err, said)
	}
	return strings.TrimSpace(string(out)), nil
})

// process is one run of the program.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	ended  chan struct{}
	paused bool
}

// start runs the program until kill or the end of the test, with its output behind what is in the file log.
func start(t testing.TB, log string, args ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }() // the process has its own
	p := &process{t: t, cmd: exec.Command(path, args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = endsWithTest()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // killed, as a rule
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", log, lastLines(log, 40))
		}
	})
	return p
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// kill ends the process, if it has not ended yet.
func (p *process) kill() {
	if !p.hasEnded() {
		_ = p.cmd.Process.Kill() // one that just ended needs none
	}
	<-p.ended
}

func (p *process) pause()  { p.signal(syscall.SIGSTOP); p.paused = true }
func (p *process) resume() { p.signal(syscall.SIGCONT); p.paused = false }

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%v: %v", s, err)
	}
}

// freePorts finds ports of loopback on which nobody listens, below those that the system gives to outgoing connections, so that
// they stay free while a server is down.
func freePorts(t testing.TB, count int) []int {
	t.Helper()
	var ports []int
	for range 1000 {
		port := 10_000 + rand.IntN(20_000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer func() { _ = l.Close() }() // all at the end, so that no two are the same
		if ports = append(ports, port); len(ports) == count {
			return ports
		}
	}
	t.Fatal("found no free ports")
	return nil
}

func lastLines(file string, count int) []byte {
	content, err := os.ReadFile(file)
	if err != nil {
		return []byte(err.Error())
	}
	lines := bytes.Split(content, []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-count):], []byte("\n"))
}
