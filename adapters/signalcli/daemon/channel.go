package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"heliograph/domain"
)

// Channel is how a daemon is reached.
type Channel uint8

// The channels.
const (
	// Socket is a Unix socket.
	Socket Channel = iota
	// TCP is a free port of loopback. Everybody on the machine can connect to it.
	TCP
	// Stdio is the standard streams of `signal-cli jsonRpc`.
	Stdio
)

// String is the name of the channel.
func (c Channel) String() string { return [...]string{"socket", "tcp", "stdio"}[c] }

// address is where a daemon listens; the zero address stands for standard streams.
type address struct{ network, place string }

// maxSocketPath is what fits into a socket's address, in bytes.
const maxSocketPath = 107

const socketName = "signal-cli.sock"

// address finds a place for a daemon to listen, and makes it free: a socket that a killed daemon left would keep the
// next one from starting.
func (c Channel) address(dir string) (address, error) {
	switch c {
	case Socket:
		a := address{"unix", filepath.Join(dir, socketName)}
		if err := os.Remove(a.place); err != nil && !os.IsNotExist(err) {
			return address{}, err
		}
		return a, nil
	case TCP:
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return address{}, err
		}
		defer l.Close()
		return address{"tcp", l.Addr().String()}, nil
	}
	return address{}, nil
}

func (a address) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, a.network, a.place)
}

// arguments are the command line of a daemon of ours: it receives by explicit subscription only and prints no message.
func (s *Supervisor) arguments(a address) []string {
	var args []string
	if s.options.ConfigDir != "" {
		args = append(args, "--config="+s.options.ConfigDir)
	}
	if s.options.TrustMode != "" {
		args = append(args, "--trust-new-identities="+string(s.options.TrustMode))
	}
	args = append(args, "--scrub-log")
	switch a.network {
	case "unix":
		args = append(args, "daemon", "--socket="+a.place, "--no-receive-stdout")
	case "tcp":
		args = append(args, "daemon", "--tcp="+a.place, "--no-receive-stdout")
	default:
		args = append(args, "jsonRpc")
	}
	return append(append(args, "--receive-mode=manual"), s.options.Flags...)
}

// makeDir makes the directory of a supervisor, empty and closed to others.
func makeDir(o Options) (string, error) {
	fail := func(err error) (string, error) {
		return "", &domain.Error{Kind: domain.Unavailable, Detail: "there is no directory for the socket of signal-cli", Err: err}
	}
	if o.Dir != "" {
		dir, err := filepath.Abs(o.Dir)
		if err != nil {
			return fail(err)
		}
		if len(filepath.Join(dir, socketName)) <= maxSocketPath {
			if err := os.RemoveAll(dir); err != nil {
				return fail(err)
			}
			if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
				return fail(err)
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				return fail(err)
			}
			return dir, nil
		}
	}
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		dir, err := os.MkdirTemp(parent, "heliograph-")
		if err != nil {
			return fail(err)
		}
		if len(filepath.Join(dir, socketName)) <= maxSocketPath {
			return dir, nil
		}
		os.Remove(dir)
	}
	return fail(fmt.Errorf("the path of a socket holds at most %d bytes", maxSocketPath))
}
