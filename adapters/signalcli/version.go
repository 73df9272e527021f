package signalcli

import (
	"strconv"
	"strings"
)

// version is a release of signal-cli, comparable by order. The zero version is
// "unknown" for a backend and "every one" for a method.
type version struct{ major, minor, patch int }

// oldest is the first release that this gateway counts on. What came with it or before is
// used without looking at the version.
var oldest = version{0, 13, 0}

// parseVersion reads "0.14.6", also with a suffix as in "0.14.7-SNAPSHOT"; ok is false for anything else.
func parseVersion(s string) (v version, ok bool) {
	s, _, _ = strings.Cut(s, "-")
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return version{}, false
	}
	var n [3]int
	for i, part := range parts {
		if i == len(n) {
			break
		}
		var err error
		if n[i], err = strconv.Atoi(part); err != nil || n[i] < 0 {
			return version{}, false
		}
	}
	return version{n[0], n[1], n[2]}, true
}

func (v version) before(w version) bool {
	if v.major != w.major {
		return v.major < w.major
	}
	if v.minor != w.minor {
		return v.minor < w.minor
	}
	return v.patch < w.patch
}

func (v version) String() string {
	return strconv.Itoa(v.major) + "." + strconv.Itoa(v.minor) + "." + strconv.Itoa(v.patch)
}

// need is which releases of signal-cli a method needs, read from the table of methods once.
type need struct {
	method version
	params map[string]version
}

// needOf reads a row of the table; ok is false when the oldest release has all of it.
func needOf(m Method) (n need, ok bool) {
	if m.Since == "" && len(m.ParamSince) == 0 {
		return need{}, false
	}
	n = need{method: oldest, params: make(map[string]version, len(m.ParamSince))}
	if v, ok := parseVersion(m.Since); ok {
		n.method = v
	}
	for name, since := range m.ParamSince {
		if v, ok := parseVersion(since); ok {
			n.params[name] = v
		}
	}
	return n, true
}

// of is the release that a call with params needs, and the parameter that asks for it, if it is one.
func (n need) of(params []Param) (needed version, param string) {
	needed = n.method
	for _, p := range params {
		if v, ok := n.params[p.Name]; ok && needed.before(v) {
			needed, param = v, p.Name
		}
	}
	return needed, param
}
