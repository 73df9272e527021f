package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"heliograph/adapters/httpapi/oas"
)

// TokenHash is how a token is kept.
type TokenHash [sha256.Size]byte

// HashToken hashes a token for Options.Tokens.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

// gate decides who is let in. It stands before every route.
type gate struct {
	tokens  []TokenHash
	hosts   map[string]bool
	anyHost bool
	origins map[string]bool
}

func newGate(o Options) gate {
	g := gate{tokens: o.Tokens, hosts: map[string]bool{"localhost": true}, origins: map[string]bool{}}
	for _, host := range o.AllowedHosts {
		if host == "*" {
			g.anyHost = true
		}
		g.hosts[strings.ToLower(strings.TrimSuffix(host, "."))] = true
	}
	for _, origin := range o.AllowedOrigins {
		g.origins[strings.ToLower(strings.TrimSuffix(origin, "/"))] = true
	}
	return g
}

func (g gate) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !g.hostAllowed(r.Host):
			refuse(w, http.StatusForbidden, oas.ErrorCodeForbidden, "the Host header names no host of this gateway; add it to the allowed hosts")
		case !g.originAllowed(r):
			refuse(w, http.StatusForbidden, oas.ErrorCodeForbidden, "requests from web pages of this origin are not allowed; add it to the allowed origins")
		case !g.tokenShown(r):
			w.Header().Add("WWW-Authenticate", `Bearer realm="heliograph"`)
			w.Header().Add("WWW-Authenticate", `Basic realm="heliograph", charset="UTF-8"`)
			refuse(w, http.StatusUnauthorized, oas.ErrorCodeUnauthorized, "please show a token: Authorization: Bearer …")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hostAllowed keeps out DNS rebinding: a page of a foreign site whose name was
// made to point here comes with that site's name. IP addresses cannot be rebound.
func (g gate) hostAllowed(hostport string) bool {
	if g.anyHost {
		return true
	}
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if g.hosts[host] || strings.HasSuffix(host, ".localhost") {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// originAllowed keeps out web pages of other origins, whatever the method. Programs send none of these headers.
func (g gate) originAllowed(r *http.Request) bool {
	origins := r.Header["Origin"]
	if len(origins) == 0 {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "none", "same-origin":
			return true
		}
		return false
	}
	for _, origin := range origins {
		if g.origins[strings.ToLower(origin)] {
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return false
		}
	}
	return true
}

// tokenShown reports whether the request may pass: there are no tokens, it shows one, or it is a probe, which tells nothing of accounts.
func (g gate) tokenShown(r *http.Request) bool {
	if len(g.tokens) == 0 {
		return true
	}
	switch r.URL.Path {
	case "/livez", "/readyz", "/v1/health":
		return true
	}
	_, token, ok := r.BasicAuth()
	if !ok {
		scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return false
		}
		token = strings.TrimSpace(rest)
	}
	shown := HashToken(token)
	match := 0
	for i := range g.tokens {
		match |= subtle.ConstantTimeCompare(shown[:], g.tokens[i][:])
	}
	return match == 1
}
