package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/webhook"
	"heliograph/domain"
	"heliograph/ports"
)

// The tests treat public as an address of the internet at large; private is one of this machine that is not.
const public, private = "127.0.0.1", "127.0.0.2"

// outside is a caller for which one address is public, with names of its own.
func outside(t *testing.T) (*webhook.Caller, *names) {
	t.Helper()
	n := &names{}
	return caller(t, webhook.CallerOptions{Allow: []netip.Prefix{netip.MustParsePrefix(public + "/32")}, Resolver: n.resolver()}), n
}

// outsideCall may not reach this machine.
func outsideCall(address string) ports.WebhookCall {
	call := callOf(address)
	call.AllowPrivate = false
	return call
}

// port is that of a server.
func port(t *testing.T, s *httptest.Server) string {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

func refused(t *testing.T, err error) {
	t.Helper()
	if err == nil || domain.KindOf(err) != domain.Invalid {
		t.Errorf("got %v", err)
		return
	}
	for _, address := range []string{public, private, "hook.test", "localhost"} {
		if strings.Contains(err.Error(), address) {
			t.Errorf("the error names the address: %v", err)
		}
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("was called") })
	c, p := caller(t, webhook.CallerOptions{}), port(t, s)
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0", "[::]",
		"10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "224.0.0.1", "255.255.255.255",
	} {
		call := outsideCall("http://" + host + ":" + p + "/")
		_, err := c.Call(t.Context(), call)
		refused(t, err)
	}
}

// A name may lead elsewhere with each look at it. What is connected to is what was looked at, on each connection.
func TestNamesThatChangeLeadNowhereElse(t *testing.T) {
	calls := 0
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Connection", "close") // so that each call connects
	})
	c, names := outside(t)
	address := "http://hook.test:" + port(t, s) + "/"
	names.tell(public)
	if answer, err := c.Call(t.Context(), outsideCall(address)); err != nil || answer.Status != http.StatusOK {
		t.Fatalf("%+v, %v", answer, err)
	}
	for _, other := range []string{private, "::1", "::ffff:127.0.0.2", "10.0.0.1"} {
		names.tell(other)
		_, err := c.Call(t.Context(), outsideCall(address))
		refused(t, err)
	}
	names.tell(private, public)
	if answer, err := c.Call(t.Context(), outsideCall(address)); err != nil || answer.Status != http.StatusOK {
		t.Errorf("of two addresses one may be called: %+v, %v", answer, err)
	}
	if calls != 2 {
		t.Errorf("%d calls arrived", calls)
	}
}

// A redirect within the host is a connection like the first one: what the name leads to by then is looked at again.
func TestRedirectsLeadNowhereElse(t *testing.T) {
	c, names := outside(t)
	calls := 0
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		names.tell(private)
		w.Header().Set("Connection", "close")
		w.Header().Set("Location", "/again")
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	names.tell(public)
	_, err := c.Call(t.Context(), outsideCall("http://hook.test:"+port(t, s)+"/"))
	refused(t, err)
	if calls != 1 {
		t.Errorf("%d calls arrived", calls)
	}
	inside := server(t, func(http.ResponseWriter, *http.Request) { t.Error("was called") })
	away := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", strings.Replace(inside.URL, public, private, 1))
		w.WriteHeader(http.StatusPermanentRedirect)
	})
	if answer, err := c.Call(t.Context(), outsideCall(away.URL)); err != nil || answer.Status != http.StatusPermanentRedirect {
		t.Errorf("to a private address: %+v, %v", answer, err)
	}
}

// A connection that a call with more rights left open serves no other.
func TestRightsAreNotShared(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) {})
	c := caller(t, webhook.CallerOptions{})
	for range 2 {
		if _, err := c.Call(t.Context(), callOf(s.URL)); err != nil {
			t.Fatal(err)
		}
		_, err := c.Call(t.Context(), outsideCall(s.URL))
		refused(t, err)
	}
}

// Through a proxy goes what it is chosen for, private addresses written as such excepted; the rest goes straight, as safely as ever.
func TestProxyIsUsedWhereItIsChosen(t *testing.T) {
	var asked []string
	proxy := server(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		w.WriteHeader(http.StatusAccepted)
	})
	by, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := server(t, func(http.ResponseWriter, *http.Request) {})
	c := caller(t, webhook.CallerOptions{Proxy: func(r *http.Request) (*url.URL, error) {
		if strings.HasSuffix(r.URL.Path, "/straight") {
			return nil, nil
		}
		return by, nil
	}})
	if answer, err := c.Call(t.Context(), outsideCall("http://hook.test/by-proxy")); err != nil || answer.Status != http.StatusAccepted {
		t.Errorf("%+v, %v", answer, err)
	}
	for _, address := range []string{"http://10.0.0.1/by-proxy", s.URL + "/straight"} {
		_, err := c.Call(t.Context(), outsideCall(address))
		refused(t, err)
	}
	if answer, err := c.Call(t.Context(), callOf(s.URL+"/straight")); err != nil || answer.Status != http.StatusOK {
		t.Errorf("%+v, %v", answer, err)
	}
	if answer, err := c.Call(t.Context(), callOf("http://10.0.0.1/allowed")); err != nil || answer.Status != http.StatusAccepted {
		t.Errorf("%+v, %v", answer, err)
	}
	if !slices.Equal(asked, []string{"http://hook.test/by-proxy", "http://10.0.0.1/allowed"}) {
		t.Errorf("the proxy was asked for %v", asked)
	}
}

// A call that waits for a name is bounded by its time.
func TestSlowNamesAreBounded(t *testing.T) {
	n := &names{}
	c := caller(t, webhook.CallerOptions{Resolver: n.resolver()})
	n.mu.Lock()
	call := outsideCall("http://hook.test/")
	call.Timeout = 50 * time.Millisecond
	_, err := c.Call(t.Context(), call)
	n.mu.Unlock()
	if domain.KindOf(err) != domain.Timeout {
		t.Errorf("got %v", err)
	}
}
