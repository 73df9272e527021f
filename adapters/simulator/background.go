package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// backgroundArg starts the process that holds the network of a folder: it is followed by the folder.
const backgroundArg = "--simulator-background"

// Environment of the executable. The first caller's environment counts.
const (
	envVersion  = "HELIOGRAPH_SIMULATOR_VERSION"   // release to simulate; default DefaultVersion
	envIdle     = "HELIOGRAPH_SIMULATOR_IDLE"      // how long the background process outlives its last caller; default 60s
	envAutoScan = "HELIOGRAPH_SIMULATOR_AUTO_SCAN" // NUMBER@DURATION or "off"; default the demo's phone after 1 s
	envScript   = "HELIOGRAPH_SIMULATOR_SCRIPT"    // path of a Script as JSON
	envCaptcha  = "HELIOGRAPH_SIMULATOR_CAPTCHA"   // "required" makes register want a captcha
)

// startTimeout bounds the start of the background process.
const startTimeout = 15 * time.Second

// hello is the first line of a connection to the background process; its answer is helloReady.
type hello struct {
	Account string      `json:"account"`
	Mode    ReceiveMode `json:"mode"`
	Stdio   bool        `json:"stdio"`
	Lenient bool        `json:"lenient"`
	// Stop ends the background process.
	Stop bool `json:"stop"`
}

const helloReady = `{"simulator":"ready"}`

// IsBackground tells whether a program was started as the background process of a folder, so that it must
// hand its arguments to Main at once. A test binary asks this first in its TestMain.
func IsBackground(args []string) bool { return len(args) == 2 && args[0] == backgroundArg }

// socketPath is the background's socket in a folder, or elsewhere when the path is too long for a socket.
func socketPath(configDir string) string {
	path := filepath.Join(configDir, "simulator.sock")
	if len(path) > 100 {
		path = filepath.Join(os.TempDir(), "heliograph-simulator-"+derivedUUID(path)[:13]+".sock")
	}
	return path
}

// optionsFrom reads the environment of the background process.
func optionsFrom(getenv func(string) string, configDir string, out io.Writer) (Options, time.Duration, error) {
	opt := Options{Version: getenv(envVersion), ConfigDir: configDir, Out: out, RequireCaptcha: getenv(envCaptcha) == "required"}
	idle := time.Minute
	if text := getenv(envIdle); text != "" {
		var err error
		if idle, err = time.ParseDuration(text); err != nil {
			return opt, 0, fmt.Errorf("%s: %w", envIdle, err)
		}
	}
	opt.AutoScan = AutoScan{Account: "+15550100004", After: time.Second}
	if text := getenv(envAutoScan); text != "" {
		number, after, _ := strings.Cut(text, "@")
		if number == "off" {
			number = ""
		}
		wait, err := time.ParseDuration(after)
		if after != "" && err != nil {
			return opt, 0, fmt.Errorf("%s: %w", envAutoScan, err)
		}
		opt.AutoScan = AutoScan{Account: number, After: wait}
	}
	if path := getenv(envScript); path != "" {
		raw, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(raw, &opt.Script)
		}
		if err != nil {
			return opt, 0, fmt.Errorf("%s: %w", envScript, err)
		}
	}
	return opt, idle, nil
}

// runBackground holds a folder's network until nobody used it for a while or ctx ends. The network outlives
// it in the folder.
func runBackground(ctx context.Context, configDir string, out, stderr io.Writer, getenv func(string) string) int {
	opt, idle, err := optionsFrom(getenv, configDir, out)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	unlock, err := lockFile(ctx, filepath.Join(configDir, "simulator.lock"), func() {})
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 3
	}
	defer unlock()
	path := socketPath(configDir)
	// Whoever left a socket here is gone: it had the lock.
	_ = os.Remove(path)
	l, err := net.Listen("unix", path)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 3
	}
	sim := New(opt)
	defer sim.Close()
	if err := sim.restore(configDir); err != nil {
		_ = l.Close()
		fmt.Fprintln(stderr, err)
		return 3
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := &idleWatch{after: idle, end: cancel}
	watch.enter()
	watch.leave()
	defer watch.stop()
	err = sim.accept(ctx, l, func(ctx context.Context, c net.Conn) {
		watch.enter()
		defer watch.leave()
		if sim.serveHello(ctx, c) {
			cancel()
		}
	})
	sim.Close()
	if err := errors.Join(err, sim.save(configDir)); err != nil {
		fmt.Fprintln(stderr, err)
		return 3
	}
	return 0
}

// serveHello serves one caller of the executable; stop when it asks for the end.
func (s *Simulator) serveHello(ctx context.Context, c net.Conn) (stop bool) {
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	lines := newLineReader(c)
	line, err := lines.next()
	var h hello
	if err != nil || json.Unmarshal(line, &h) != nil {
		_ = c.Close()
		return false
	}
	_ = c.SetReadDeadline(time.Time{})
	if _, err := io.WriteString(c, helloReady+"\n"); err != nil || h.Stop {
		_ = c.Close()
		return h.Stop
	}
	_ = s.serveFrom(ctx, c, lines, session{account: h.Account, mode: h.Mode, stdio: h.Stdio, lenient: h.Lenient})
	return false
}

// idleWatch ends the background process when it had no caller for a while.
type idleWatch struct {
	after time.Duration
	end   func()
	mu    sync.Mutex
	users int
	timer *time.Timer
}

func (w *idleWatch) enter() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.users++
	w.stopLocked()
}

func (w *idleWatch) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users--; w.users == 0 {
		w.timer = time.AfterFunc(w.after, w.end)
	}
}

func (w *idleWatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopLocked()
}

func (w *idleWatch) stopLocked() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// startBackground starts the background process of a folder, detached from this one. args are what Main got.
func startBackground(configDir string, args []string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(configDir, "simulator.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(program, append(ownPrefix(args), backgroundArg, configDir)...)
	cmd.Stdout, cmd.Stderr = log, log
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

// ownPrefix is what stands before Main's arguments on this program's command line: a subcommand, if any.
func ownPrefix(args []string) []string {
	all := os.Args[1:]
	if len(all) >= len(args) && slices.Equal(all[len(all)-len(args):], args) {
		return slices.Clone(all[:len(all)-len(args)])
	}
	return nil
}
