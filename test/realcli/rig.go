package realcli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"heliograph/test/realcli/fakesignal"
)

// Options say what a Rig holds; the zero value is what most tests want.
type Options struct {
	Accounts int      // accounts in ConfigDir; default 2, at least 1
	Peers    int      // accounts in PeerDir; default 1, none below 0
	Contacts int      // people without an account; default 3, none below 0
	Seed     string   // IDs and keys follow from it; default "heliograph"
	JavaOpts []string // further options of the JVM
}

// Account is one account of a Rig.
type Account struct {
	Number string // +15550100001 is the first
	ACI    string // its UUID
}

// Rig is a signal-cli with accounts and a server of its own. All accounts have
// one another as contacts and are members of both groups.
type Rig struct {
	Install *Install
	Server  *fakesignal.Server // with the control of faults

	// Dir is the temporary folder of all this; its path is short enough for Unix
	// sockets below it.
	Dir string

	// ConfigDir is the data directory for the gateway, with Accounts. PeerDir holds
	// Peers, so that they can send and receive while a daemon runs on ConfigDir.
	ConfigDir, PeerDir string
	Accounts, Peers    []Account

	// Groups are the IDs, in signal-cli's base64, of a group of all accounts and of
	// one with the contacts too, who have no account.
	Groups []string

	// Command starts signal-cli; it needs nothing of the environment. NativeDir
	// holds the same program under the name signal-cli-native.
	Command, NativeDir string

	launcher launcher
}

// Start makes a Rig in a temporary folder of the test; no signal-cli runs yet.
// The first Start with some options takes half a minute, later ones well below
// a second. It skips the test where Find does.
func Start(t testing.TB, options Options) *Rig {
	t.Helper()
	install := Find(t)
	options = options.withDefaults()
	partner := install.partner(t, options.Seed, options.Accounts+options.Peers, options.Contacts)
	master := filepath.Join(partner, accountDir)
	dir := shortTempDir(t)
	r := &Rig{
		Install:   install,
		Dir:       dir,
		ConfigDir: filepath.Join(dir, "config"),
		PeerDir:   filepath.Join(dir, "peers"),
		NativeDir: filepath.Join(dir, "bin"),
		Command:   filepath.Join(dir, "bin", "signal-cli"),
	}
	all, err := readAccountList(master)
	if err == nil {
		err = split(master, r.ConfigDir, all[:options.Accounts])
	}
	if err == nil {
		err = split(master, r.PeerDir, all[options.Accounts:])
	}
	if err == nil {
		r.Accounts, r.Peers = accounts(all[:options.Accounts]), accounts(all[options.Accounts:])
		r.Groups, err = readGroups(master)
	}
	if err == nil {
		r.Server, err = startServer(partner)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Server.Close)
	temp := filepath.Join(dir, "tmp")
	r.launcher = launcher{
		install: install, partner: partner, proxy: r.Server.ProxyAddr(), temp: temp, extra: options.JavaOpts,
	}
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.launcher.write(r.NativeDir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Kill(t) }) // what a gateway that was killed has left
	return r
}

// Env is what the stock signal-cli needs in its environment to be part of the
// Rig: JAVA_HOME and JAVA_OPTS. Command needs none of it.
func (r *Rig) Env() []string { return r.launcher.env() }

// Account returns the account with a number, of Accounts or Peers.
func (r *Rig) Account(t testing.TB, number string) Account {
	t.Helper()
	for _, a := range slices.Concat(r.Accounts, r.Peers) {
		if a.Number == number {
			return a
		}
	}
	t.Fatalf("no account %s in the rig", number)
	return Account{}
}

func (o Options) withDefaults() Options {
	o.Accounts = max(or(o.Accounts, 2), 1)
	o.Peers = max(or(o.Peers, 1), 0)
	o.Contacts = max(or(o.Contacts, 3), 0)
	o.Seed = or(o.Seed, "heliograph")
	return o
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

func startServer(partner string) (*fakesignal.Server, error) {
	authority, err := fakesignal.ReadAuthority(partner)
	if err != nil {
		return nil, err
	}
	state, err := os.ReadFile(filepath.Join(partner, serverFile))
	if err != nil {
		return nil, err
	}
	return fakesignal.Start(authority, filepath.Join(partner, accountDir), state)
}

func readGroups(master string) (groups []string, err error) {
	text, err := os.ReadFile(filepath.Join(master, "groups.json"))
	if err != nil {
		return nil, err
	}
	return groups, json.Unmarshal(text, &groups)
}

// shortTempDir is a temporary folder whose path leaves room for the name of a
// Unix socket, which may have about 100 bytes.
func shortTempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "realcli")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if strings.ContainsAny(dir, "'\"\n") {
		t.Fatal(fmt.Errorf("temporary folder %q has a quote in its name", dir))
	}
	return dir
}
