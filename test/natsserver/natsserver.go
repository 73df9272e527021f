// Package natsserver runs real nats-server processes for tests: one, or several as a cluster, on loopback, each with a folder of its
// own. They can be killed, started again on the same ports and files, and stopped and continued. All end with their test.
//
// The program is the one of the module's go.mod, built by the go command into its cache the first time.
package natsserver

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Options are for what most tests need not care about.
type Options struct {
	// MaxPayload of a message, in bytes; 0 is nats-server's own, 1 MiB.
	MaxPayload int
	// Config is more of nats-server's configuration, in its own language: authorization, TLS.
	Config string
	// User is `name:password` for a Config that asks for one, so that the harness can see whether JetStream works.
	User string
	// WithoutJetStream makes it a server that keeps nothing.
	WithoutJetStream bool
}

// limit bounds everything that is waited for here.
const limit = 30 * time.Second

// Server is one process.
type Server struct {
	t       testing.TB
	name    string
	dir     string
	options Options
	port    int
	watch   int // the port of its own HTTP
	process *process
}

// Start runs one server and waits until its JetStream works.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	ports := freePorts(t, 2)
	s := &Server{t: t, name: "single", dir: t.TempDir(), options: options, port: ports[0], watch: ports[1]}
	s.write("")
	s.Restart()
	return s
}

// URL is where clients reach it, without user.
func (s *Server) URL() string { return fmt.Sprintf("nats://127.0.0.1:%d", s.port) }

// Dir is the server's own folder; JetStream's files are in "data" below it.
func (s *Server) Dir() string { return s.dir }

// Kill ends the process with SIGKILL and waits for its end. Its files stay.
func (s *Server) Kill() {
	s.t.Helper()
	s.process.kill()
}

// Restart starts the process on its ports and files, again after Kill, and waits until it answers; that of a single server
// until JetStream works, a cluster's until it takes connections (see Cluster.WaitReady).
func (s *Server) Restart() {
	s.t.Helper()
	s.process = start(s.t, filepath.Join(s.dir, "log"), "-c", s.config())
	s.waitFor("takes connections", s.healthy("?js-server-only=true"))
	if s.name == "single" {
		s.waitReady()
	}
}

// Pause stops the process (SIGSTOP): connections stay, nothing is answered.
func (s *Server) Pause() {
	s.t.Helper()
	s.process.pause()
}

// Resume lets a paused process go on.
func (s *Server) Resume() {
	s.t.Helper()
	s.process.resume()
}

// waitReady waits until the server has all that it keeps, and JetStream answers.
func (s *Server) waitReady() {
	s.t.Helper()
	s.waitFor("has what it keeps", s.healthy(""))
	if !s.options.WithoutJetStream {
		s.waitFor("answers for JetStream", func() error { return answers(s.URL(), s.options.User) })
	}
}

func (s *Server) config() string { return filepath.Join(s.dir, "server.conf") }

// write writes the configuration; more is for a cluster.
func (s *Server) write(more string) {
	s.t.Helper()
	lines := []string{
		"server_name: " + s.name,
		fmt.Sprintf("listen: %q", fmt.Sprintf("127.0.0.1:%d", s.port)),
		fmt.Sprintf("http: %q", fmt.Sprintf("127.0.0.1:%d", s.watch)),
		more, s.options.Config,
	}
	if !s.options.WithoutJetStream {
		lines = append(lines, fmt.Sprintf("jetstream { store_dir: %q, max_file: 16GB, max_mem: 256MB }", filepath.Join(s.dir, "data")))
	}
	if s.options.MaxPayload > 0 {
		lines = append(lines, fmt.Sprintf("max_payload: %d", s.options.MaxPayload))
	}
	if err := os.WriteFile(s.config(), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// healthy asks the server how it is.
func (s *Server) healthy(query string) func() error {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	return func() error {
		answer, err := client.Get((&url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", s.watch), Path: "healthz"}).String() + query)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("health is %s", answer.Status)
		}
		return nil
	}
}

// waitFor waits until try succeeds, and fails the test when the process ends or limit has passed.
func (s *Server) waitFor(what string, try func() error) {
	s.t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := try()
		if err == nil {
			return
		}
		if s.process.hasEnded() || time.Now().After(deadline) {
			s.t.Fatalf("%s: waiting until it %s: %v; ended %t", s.name, what, err, s.process.hasEnded())
		}
		time.Sleep(10 * time.Millisecond)
	}
}
