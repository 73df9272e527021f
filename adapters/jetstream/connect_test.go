package jetstream_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nkeys"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/natsserver"
)

func TestURLsWithoutSecrets(t *testing.T) {
	type split struct {
		Servers, User string
		Refused       bool
	}
	for list, want := range map[string]split{
		"nats://one":    {"nats://one", "", false},
		"one:4222, two": {"nats://one:4222,nats://two", "", false},
		"nats://me:secret@one,nats://me:secret@b": {"nats://one,nats://b", "me:secret", false},
		"tls://token@one":                         {"tls://one", "token", false},
		"nats://me:secret@one,nats://b":           {"", "", true},
		"nats://one,nats://me:secret@b":           {"", "", true},
		"nats://":                                 {"", "", true},
		"nats://me:secret@%zz":                    {"", "", true},
	} {
		var got split
		var err error
		got.Servers, got.User, err = jetstream.SplitURL(list)
		got.Refused = err != nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", list, diff)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", list, err)
		}
	}
}

func TestVersionsThatAreTooOld(t *testing.T) {
	for version, want := range map[string]bool{
		"2.12.0": false, "2.15.3": false, "3.0.0": false, "2.11.9": true, "2.12.0-RC.1": false, "1.99.1": true, "": false, "2": false,
	} {
		if got := jetstream.TooOld(version); got != want {
			t.Errorf("%q: %t", version, got)
		}
	}
}

func TestWhoMayConnect(t *testing.T) {
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, err := user.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	seedFile, nonsense := file(t, string(seed)), file(t, "no seed")
	server := natsserver.Start(t, natsserver.Options{User: "me:pa55word", Config: fmt.Sprintf(
		`authorization { users: [{user: me, password: pa55word}, {nkey: %s}] }`, public)})
	token := natsserver.Start(t, natsserver.Options{Config: `authorization { token: t0ken }`, WithoutJetStream: true})
	at := func(s *natsserver.Server, user string) string {
		return strings.Replace(s.URL(), "//", "//"+user+"@", 1)
	}
	for name, c := range map[string]struct {
		options jetstream.Options
		refused string // "" for nobody
	}{
		"user and password": {jetstream.Options{URL: at(server, "me:pa55word")}, ""},
		"seed":              {jetstream.Options{URL: server.URL(), Credentials: seedFile}, ""},
		"nobody":            {jetstream.Options{URL: server.URL()}, "Authorization Violation"},
		"wrong password":    {jetstream.Options{URL: at(server, "me:pa55w0rd")}, "Authorization Violation"},
		"no seed":           {jetstream.Options{URL: server.URL(), Credentials: nonsense}, "neither a JWT with a seed nor a seed"},
		"no file":           {jetstream.Options{URL: server.URL(), Credentials: nonsense + "x"}, "no such file"},
		"token":             {jetstream.Options{URL: at(token, "t0ken")}, "JetStream is not enabled there"},
		"no URL":            {jetstream.Options{URL: "nats://me:pa55word@"}, "the URL of NATS is none"},
		"neither":           {jetstream.Options{}, "neither a folder nor a URL"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.refused == "" {
				put(t, values(t, open(t, c.options)), "a", "one")
				return
			}
			s, err := jetstream.Open(t.Context(), c.options)
			if err == nil {
				s.Close()
				t.Fatal("it is let in")
			}
			if !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%v, want %q", err, c.refused)
			}
			for _, secret := range []string{"pa55w", "t0ken", string(seed)} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("it tells a secret: %v", err)
				}
			}
		})
	}
}

func TestTLS(t *testing.T) {
	cert, key := certificate(t)
	server := natsserver.Start(t, natsserver.Options{WithoutJetStream: true, Config: fmt.Sprintf(
		`tls { cert_file: %q, key_file: %q, ca_file: %q, verify: true }`, cert, key, cert)})
	for name, c := range map[string]struct {
		options jetstream.Options
		refused string
	}{
		"both":           {jetstream.Options{CA: cert, Cert: cert, CertKey: key}, "JetStream is not enabled there"}, // so it came through
		"no authority":   {jetstream.Options{Cert: cert, CertKey: key}, "certificate"},
		"no certificate": {jetstream.Options{CA: cert}, "is not reached"},
		"no file":        {jetstream.Options{CA: cert + "x"}, "no such file"},
		"no key":         {jetstream.Options{CA: cert, Cert: cert, CertKey: cert}, "is not reached"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			c.options.URL = server.URL()
			s, err := jetstream.Open(ctx, c.options)
			if err == nil {
				s.Close()
				t.Fatal("there is no JetStream to be found")
			}
			if !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%v, want %q", err, c.refused)
			}
		})
	}
}

func TestServersThatAreAwayAtTheStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	s, err := jetstream.Open(ctx, jetstream.Options{URL: "nats://me:pa55word@" + address})
	if err == nil {
		s.Close()
		t.Fatal("nobody is there")
	}
	if text := err.Error(); !strings.Contains(text, "NATS at nats://"+address+" is not reached") || strings.Contains(text, "pa55word") {
		t.Error(err)
	}
}

func TestServerComesBack(t *testing.T) {
	server := natsserver.Start(t, natsserver.Options{})
	var log lines
	s := open(t, jetstream.Options{URL: strings.Replace(server.URL(), "//", "//me:pa55word@", 1), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	kv := values(t, s)
	run(t, s)
	put(t, kv, "a", "one")
	server.Kill()
	eventually(t, func() bool { return !s.Writable() })
	if _, err := kv.Put(bounded(t), "tests", "a", []byte("two"), ports.AnyRevision); domain.KindOf(err) != domain.Unavailable {
		t.Error(err)
	}
	server.Restart()
	eventually(t, s.Writable)
	want(t, kv, "a", "one")
	if text := log.String(); !strings.Contains(text, "was lost") || !strings.Contains(text, "is reached again") || strings.Contains(text, "pa55word") {
		t.Error(text)
	}
}

func TestClusterWithoutMajority(t *testing.T) {
	cluster := natsserver.StartCluster(t, 3, natsserver.Options{})
	s := open(t, jetstream.Options{URL: cluster.URL(), Replicas: 3})
	kv := values(t, s)
	put(t, kv, "a", "one")
	cluster.Servers[0].Kill()
	eventually(t, func() bool { return writes(t, kv) == nil }) // one of three may go
	cluster.Servers[1].Kill()
	if err := writes(t, kv); domain.KindOf(err) != domain.Unavailable && domain.KindOf(err) != domain.OutcomeUnknown {
		t.Error("one of three takes values:", err)
	}
	cluster.Servers[0].Restart()
	cluster.Servers[1].Restart()
	eventually(t, func() bool { return writes(t, kv) == nil })
	want(t, kv, "a", "one")
}

// writes tries to write something within a second.
func writes(t *testing.T, kv ports.KeyValue) error {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := kv.Put(ctx, "tests", "b", []byte("x"), ports.AnyRevision)
	return err
}

// lines is what was logged.
type lines struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// certificate makes one for loopback that signs itself, and so is its own authority.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		file(t, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})))
}

// The permissions are those that README.md names.
func TestPermissionsThatAreEnough(t *testing.T) {
	server := natsserver.Start(t, natsserver.Options{User: "all:all", Config: `authorization { users: [{user: all, password: all},
		{user: me, password: me, permissions: {publish: ["heliograph.>", "$JS.API.>"], subscribe: ["heliograph.>", "_INBOX.>"]}}] }`})
	var said lines
	s := open(t, jetstream.Options{URL: strings.Replace(server.URL(), "//", "//me:me@", 1), Logger: slog.New(slog.NewTextHandler(&said, nil))})
	put(t, values(t, s), "a", "one")
	if err := blobs(t, s, jetstream.BlobsOptions{}).Put(bounded(t), "a", []byte("content")); err != nil {
		t.Fatal(err)
	}
	log := openLog(t, s, jetstream.LogOptions{})
	add(t, log, message(alice, 1), message(bob, 2))
	if got := payloads(t, log, domain.Filter{}, domain.Oldest); len(got) != 2 {
		t.Errorf("%q are read", got)
	}
	if err := log.Forget(bounded(t), alice); err != nil {
		t.Error(err)
	}
	if text := said.String(); strings.Contains(text, "ermission") {
		t.Error(text)
	}
}

// No answer comes over another connection, so nobody waits for one.
func TestLostConnectionEndsCalls(t *testing.T) {
	server := natsserver.Start(t, natsserver.Options{})
	s := open(t, jetstream.Options{URL: server.URL()})
	kv, log, contents := values(t, s), openLog(t, s, jetstream.LogOptions{}), blobs(t, s, jetstream.BlobsOptions{})
	for name, c := range map[string]struct {
		call func(context.Context) error
		kind domain.Kind
	}{
		"get":    {func(ctx context.Context) error { _, err := kv.Get(ctx, "tests", "a"); return err }, domain.Unavailable},
		"put":    {func(ctx context.Context) error { _, err := kv.Put(ctx, "tests", "a", nil, 0); return err }, domain.OutcomeUnknown},
		"delete": {func(ctx context.Context) error { return kv.Delete(ctx, "tests", "a") }, domain.OutcomeUnknown},
		"blob":   {func(ctx context.Context) error { return contents.Put(ctx, "a", []byte("x")) }, domain.Unavailable},
		"append": {func(ctx context.Context) error { return log.Append(ctx, []*domain.Event{message(alice, 1)}) }, domain.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			eventually(t, func() bool { return s.Writable() && writes(t, kv) == nil })
			server.Pause()
			failed := make(chan error)
			go func() { failed <- c.call(bounded(t)) }()
			select {
			case err := <-failed:
				t.Fatal("it does not wait for an answer:", err)
			case <-time.After(50 * time.Millisecond): // it waits
			}
			server.Kill()
			if err := <-failed; domain.KindOf(err) != c.kind || !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want %v; it ended by a time limit: %t", err, c.kind, errors.Is(err, context.DeadlineExceeded))
			}
			server.Restart()
		})
	}
}
