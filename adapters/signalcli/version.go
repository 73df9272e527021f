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
