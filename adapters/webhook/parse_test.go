package webhook

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// now is a Sunday noon.
var now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "007": 7 * time.Second, "3600": time.Hour, "86400": maxRetryAfter, "86401": maxRetryAfter,
		"9223372036854775808": maxRetryAfter, strings.Repeat("9", 10_000): maxRetryAfter,
		"-7": 0, "+7": 0, "7.5": 0, "7s": 0, "soon": 0, " 7": 0, "7, 8": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat):                  90 * time.Second,
		now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"):      time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat):                      0,
		now.Add(48 * time.Hour).Format(http.TimeFormat):                    maxRetryAfter,
		"Sun, 31 Feb 2027 12:00:00 GMT":                                    0,
		"Thu, 01 Jan 9999 00:00:00 GMT":                                    maxRetryAfter,
		now.Add(time.Minute).Format(time.RFC3339):                          0,
		strings.TrimSuffix(now.Format(http.TimeFormat), " GMT") + " +0000": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%.40q: %v, want %v", value, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"7", "99999999999999999999", now.Format(http.TimeFormat), "Thu, 01 Jan 9999 00:00:00 GMT", "-1"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if wait := retryAfter(value, now); wait < 0 || wait > maxRetryAfter {
			t.Fatalf("%q is %v", value, wait)
		}
	})
}

func TestPublicAddresses(t *testing.T) {
	for _, address := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255",
		"172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1",
		"::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1",
	} {
		if !public(netip.MustParseAddr(address)) {
			t.Errorf("%s is refused", address)
		}
	}
	for what, addresses := range map[string][]string{
		"unspecified": {"0.0.0.0", "0.1.2.3", "::"},
		"private":     {"10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "fc00::1", "fd00:ec2::254", "fec0::1"},
		"shared":      {"100.64.0.0", "100.100.100.200", "100.127.255.255"},
		"loopback":    {"127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"},
		"link-local":  {"169.254.0.0", "169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1", "2606:4700::1%eth0"},
		"multicast":   {"224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"},
		"reserved":    {"240.0.0.1", "255.255.255.255", "192.0.0.192", "192.88.99.1", "198.18.0.1", "198.19.255.255", "168.63.129.16", "100::1", "4000::1", "5f00::1", "e000::1"},
		"documents":   {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"},
		"tunnels":     {"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:20::1"},
		"mapped":      {"::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::127.0.0.1", "::ffff:0:127.0.0.1"},
		"NAT64":       {"64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1.1.1.1", "64:ff9b:0:1::1"},
		"6to4":        {"2002:a00:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:1::1"},
	} {
		for _, address := range addresses {
			if public(netip.MustParseAddr(address)) {
				t.Errorf("%s: %s is public", what, address)
			}
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

func TestAllowedNetworks(t *testing.T) {
	g := guard{allow: []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24"), netip.MustParsePrefix("fd00::/8")}}
	for address, want := range map[string]bool{
		"10.1.2.3:80": true, "[::ffff:10.1.2.3]:80": true, "[fd00::1]:80": true, "1.1.1.1:80": true,
		"10.1.3.3:80": false, "[fc00::1]:80": false, "127.0.0.1:80": false, "": false, "host:80": false, "10.1.2.3": false,
	} {
		if got := g.control(t.Context(), "tcp", address, nil) == nil; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	for host, want := range map[string]bool{"10.1.2.3": true, "example.org": true, "127.0.0.1": false, "::1": false, "fe80::1%eth0": false} {
		if got := g.mayName(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func FuzzPublicAddress(f *testing.F) {
	for _, address := range []string{"127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := netip.ParseAddr(text)
		if err != nil || !public(address) {
			return
		}
		if address.IsPrivate() || address.IsLoopback() || !address.IsGlobalUnicast() || address.Unmap().Is4() && !public(address.Unmap()) {
			t.Fatalf("%s is public", address)
		}
	})
}

// A redirect is followed to the same receiver, or to the same host made safe.
func TestWhereARedirectIsFollowed(t *testing.T) {
	for _, c := range []struct {
		from, location, want string
		status               int
	}{
		{"http://host/a", "/b?c=d", "http://host/b?c=d", 307},
		{"http://host/a/b", "c", "http://host/a/c", 308},
		{"http://host:80/a", "//HOST/b", "http://HOST/b", 307},
		{"https://host/a", "https://host:443/b", "https://host:443/b", 307},
		{"http://host/a", "https://host/a", "https://host/a", 308},
		{"http://host/a", "http://user:password@host/b", "http://host/b", 307},
		{"https://host/a", "http://host/a", "", 307},
		{"http://host:8080/a", "https://host/a", "", 307},
		{"http://host:8080/a", "http://host:8081/a", "", 307},
		{"http://host/a", "https://host:8443/a", "", 307},
		{"http://host/a", "http://other/a", "", 307},
		{"http://host/a", "http://sub.host/a", "", 307},
		{"http://host/a", "http://127.0.0.1/a", "", 307},
		{"http://host/a", "ftp://host/a", "", 307},
		{"http://host/a", "mailto:host", "", 307},
		{"http://host/a", "http://host:port/%zz", "", 307},
		{"http://host/a", "", "", 307},
		{"http://host/a", "/b", "", 301},
		{"http://host/a", "/b", "", 302},
		{"http://host/a", "/b", "", 303},
		{"http://host/a", "/b", "", 304},
		{"http://host/a", "/b", "", 200},
	} {
		from, err := url.Parse(c.from)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if to := redirected(&http.Response{StatusCode: c.status, Header: http.Header{"Location": {c.location}}}, from); to != nil {
			got = to.String()
		}
		if got != c.want {
			t.Errorf("%d from %s to %s: %q, want %q", c.status, c.from, c.location, got, c.want)
		}
	}
}
