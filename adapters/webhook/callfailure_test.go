package webhook_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/webhook"
	"heliograph/domain"
	"heliograph/ports"
)

// rawServer hands each connection to handle, which need not speak HTTP, and ends it with the test at the latest.
func rawServer(t testing.TB, handle func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", public+":0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		handled sync.WaitGroup
		mu      sync.Mutex
		open    []net.Conn
	)
	handled.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			handled.Go(func() {
				defer conn.Close()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, conn := range open {
			conn.Close()
		}
		mu.Unlock()
		handled.Wait()
	})
	return listener.Addr().String()
}

// keptOpen in place of what is repeated says that nothing more comes, nor an end.
const keptOpen = "kept open"

// answering is a server that reads one request and then writes text, and what is repeated again and again unless it is empty.
func answering(t testing.TB, text string, repeated string) (address string) {
	t.Helper()
	return rawServer(t, func(conn net.Conn) {
		if _, err := readRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		_, err := io.WriteString(conn, text)
		if repeated == keptOpen {
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		for repeated != "" && err == nil {
			_, err = io.WriteString(conn, repeated)
		}
	})
}

// readRequest reads a whole request and gives its body.
func readRequest(r *bufio.Reader) ([]byte, error) {
	request, err := http.ReadRequest(r)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(request.Body)
}

// secure is a server with TLS, whose certificate is for example.com and for this machine.
func secure(t *testing.T, certificates ...tls.Certificate) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of callers that do not trust it
	s.TLS = &tls.Config{Certificates: certificates}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// expired is a certificate of this machine that was valid yesterday, and who trusts it.
func expired(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.ParseIP(public)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// What cannot be reached, breaks off or cannot be read may work later. The error says what it was, in words of ours: it shows neither the address
// nor what the receiver said, which here is an echo of the credentials.
func TestFailedCalls(t *testing.T) {
	trusted := func(s *httptest.Server) *x509.CertPool {
		pool := x509.NewCertPool()
		pool.AddCert(s.Certificate())
		return pool
	}
	good := secure(t)
	stale, staleRoots := expired(t)
	for name, c := range map[string]struct {
		address string
		roots   *x509.CertPool
		want    string
	}{
		"nobody listens":        {"http://" + dead(t), nil, "refused the connection"},
		"no such name":          {"http://nowhere.test", nil, "name is not known"},
		"closed":                {"http://" + rawServer(t, func(net.Conn) {}), nil, ""},
		"closed when asked":     {"http://" + answering(t, "", ""), nil, "without an answer"},
		"reset when asked":      {"http://" + rawServer(t, reset), nil, "broke the connection"},
		"no HTTP":               {"http://" + answering(t, "s3cret hidden\r\n\r\n", ""), nil, "without an answer"},
		"bytes without end":     {"http://" + answering(t, "", strings.Repeat("s3cret ", 1000)), nil, "without an answer"},
		"a bad status":          {"http://" + answering(t, "HTTP/1.1 s3cret hidden\r\n\r\n", ""), nil, "without an answer"},
		"a bad header":          {"http://" + answering(t, "HTTP/1.1 200 OK\r\ns3cret hidden\r\n\r\n", ""), nil, "without an answer"},
		"two lengths":           {"http://" + answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", ""), nil, "without an answer"},
		"half an answer":        {"http://" + answering(t, "HTTP/1.1 200 OK\r\nX: s3cret", ""), nil, "without an answer"},
		"a header without end":  {"http://" + answering(t, "HTTP/1.1 200 OK\r\nX: ", strings.Repeat("s3cret ", 1000)), nil, "without an answer"},
		"headers without end":   {"http://" + answering(t, "HTTP/1.1 200 OK\r\n", "X: s3cret\r\n"), nil, "without an answer"},
		"patience without end":  {"http://" + answering(t, "", "HTTP/1.1 103 Early Hints\r\nX: s3cret\r\n\r\n"), nil, "without an answer"},
		"no TLS":                {"https://" + answering(t, "HTTP/1.1 200 OK\r\n\r\n", ""), nil, ""},
		"plain HTTP":            {"https://" + server(t, func(http.ResponseWriter, *http.Request) {}).Listener.Addr().String(), nil, "does not speak TLS"},
		"a certificate unknown": {good.URL, x509.NewCertPool(), "nobody who is trusted"},
		"another's certificate": {"https://hook.test:" + port(t, good), trusted(good), "for another host"},
		"an old certificate":    {secure(t, stale).URL, staleRoots, "not valid at this time"},
	} {
		t.Run(name, func(t *testing.T) {
			n := &names{}
			if strings.Contains(c.address, "hook.test") {
				n.tell(public)
			}
			call := callOf(withUser(c.address) + "/?key=hidden")
			call.Secrets = []string{newSecret}
			answer, err := caller(t, webhook.CallerOptions{Resolver: n.resolver(), RootCAs: c.roots}).Call(t.Context(), call)
			if err == nil || domain.KindOf(err) != domain.Unavailable || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%+v, %v", answer, err)
			}
			for _, secret := range []string{"s3cret", "hidden", "hermes", ".test", public, newSecret} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells too much: %v", err)
				}
			}
		})
	}
}

// reset answers a request by the end of the connection, not in the order of TCP.
func reset(conn net.Conn) {
	if _, err := readRequest(bufio.NewReader(conn)); err == nil {
		_ = conn.(*net.TCPConn).SetLinger(0)
	}
}

// Whoever does not answer, or does so byte by byte, is cut by the time of the attempt, with redirects and TLS in it.
func TestSlowAnswersAreCut(t *testing.T) {
	silent := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	slow := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			if _, err := readRequest(bufio.NewReader(conn)); err != nil {
				return
			}
			for i := 0; ; i++ {
				if _, err := conn.Write([]byte{text[min(i, len(text)-1)]}); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}
	}
	redirect := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusTemporaryRedirect)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	for name, address := range map[string]string{
		"silent":                   "http://" + rawServer(t, silent),
		"silent before TLS":        "https://" + rawServer(t, silent),
		"a status byte by byte":    "http://" + rawServer(t, slow("HTTP/1.1 200 OK")),
		"a header byte by byte":    "http://" + rawServer(t, slow("HTTP/1.1 200 OK\r\nX: x")),
		"redirects without an end": redirect.URL,
	} {
		t.Run(name, func(t *testing.T) {
			call := callOf(withUser(address))
			call.Timeout = 100 * time.Millisecond
			answer, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), call)
			if err == nil || domain.KindOf(err) != domain.Timeout || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%+v, %v", answer, err)
			}
		})
	}
}

// With its status an answer is one, whatever follows: without end, slowly, broken, another protocol. Of none is more than a bound read.
func TestWhatFollowsAStatusDoesNotMatter(t *testing.T) {
	for name, c := range map[string]struct {
		answer, repeated string
		status           int
	}{
		"bytes without end":    {"HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 1<<16), 200},
		"pieces without end":   {"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 503},
		"a length of terabyte": {"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", keptOpen, 200},
		"less than it said":    {"HTTP/1.1 202 OK\r\nContent-Length: 100\r\n\r\nx", "", 202},
		"bad pieces":           {"HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "", 400},
		"no known compression": {"HTTP/1.1 200 OK\r\nContent-Encoding: x\r\nContent-Length: 1\r\n\r\nx", "", 200},
		"an old version":       {"HTTP/1.0 204 OK\r\n\r\n", "", 204},
		"another protocol":     {"HTTP/1.1 101 Switch\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", keptOpen, 101},
	} {
		t.Run(name, func(t *testing.T) {
			call := callOf("http://" + answering(t, c.answer, c.repeated))
			call.Timeout = time.Hour
			answer, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), call)
			if err != nil || answer != (ports.WebhookAnswer{Status: c.status}) {
				t.Errorf("%+v, %v", answer, err)
			}
		})
	}
	slow := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	call := callOf(slow.URL)
	call.Timeout = 50 * time.Millisecond
	if answer, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), call); err != nil || answer.Status != http.StatusAccepted {
		t.Errorf("a body that does not end: %+v, %v", answer, err)
	}
}
