package clients_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// args are the arguments of a call by name.
type args map[string]any

// driver is a script that carries calls to a client, one a line.
type driver struct {
	in      io.WriteCloser
	answers *json.Decoder
	stderr  *transcript
	hung    *time.Timer // ends the script when a call takes too long
}

// drive starts a script that ends with the test.
func drive(t *testing.T, command *exec.Cmd) *driver {
	t.Helper()
	d := &driver{stderr: &transcript{}}
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.in, d.answers, command.Stderr = in, json.NewDecoder(out), d.stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	d.hung = time.AfterFunc(hangLimit, func() { _ = command.Process.Kill() })
	d.hung.Stop()
	t.Cleanup(func() {
		d.hung.Stop()
		in.Close()
		_ = command.Wait()
		if text := d.stderr.String(); t.Failed() && text != "" {
			t.Logf("%s said:\n%s", command.Path, text)
		}
	})
	return d
}

// begin sends a call and leaves its answer for end.
func (d *driver) begin(t *testing.T, call any) {
	t.Helper()
	text, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	d.hung.Reset(hangLimit)
	if _, err := d.in.Write(append(text, '\n')); err != nil {
		t.Fatalf("the client is gone: %v", err)
	}
}

// end reads the answer: result gets what the client returned unless it is nil. The text is what the client raised, or empty.
func (d *driver) end(t *testing.T, result any) string {
	t.Helper()
	var answer struct {
		Result json.RawMessage
		Error  string
	}
	err := d.answers.Decode(&answer)
	d.hung.Stop()
	if err != nil {
		t.Fatalf("the client gave no answer: %v", err)
	}
	if answer.Error == "" && result != nil {
		if err := json.Unmarshal(answer.Result, result); err != nil {
			t.Fatalf("the client returned %s: %v", answer.Result, err)
		}
	}
	return answer.Error
}

// try makes a call and gives what the client raised, or "".
func (d *driver) try(t *testing.T, name string, a args, result any) string {
	t.Helper()
	if a == nil {
		a = args{}
	}
	d.begin(t, map[string]any{"call": name, "args": a})
	return d.end(t, result)
}

// call makes a call that must succeed.
func (d *driver) call(t *testing.T, name string, a args, result any) {
	t.Helper()
	if raised := d.try(t, name, a, result); raised != "" {
		t.Fatalf("%s: %s", name, raised)
	}
}

// refuse makes a call that must fail with a text that holds reason.
func (d *driver) refuse(t *testing.T, name string, a args, reason string) {
	t.Helper()
	if raised := d.try(t, name, a, nil); !strings.Contains(raised, reason) {
		t.Fatalf("%s: raised %q, want %q", name, raised, reason)
	}
}

// content is bytes among the arguments and results of a Python client.
type content struct {
	Base64 []byte `json:"base64"`
}

// png is an image of one pixel.
var png = decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

func decode(text string) []byte {
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return content
}
