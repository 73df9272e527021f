package httpapi

import (
	"net/http"
	"strings"
)

// way is how a client wants to get events, named as in the metrics.
type way string

const (
	wayWebSocket way = "websocket"
	wayEvents    way = "sse"
	wayArray     way = "poll"
)

// wayOf is what a request asks for.
func wayOf(r *http.Request) way {
	switch {
	case hasToken(r.Header, "Upgrade", "websocket"):
		return wayWebSocket
	case accepts(r.Header, "text/event-stream"):
		return wayEvents
	}
	return wayArray
}

// short is the word for logs.
func (w way) short() string {
	if w == wayWebSocket {
		return "ws"
	}
	return string(w)
}

// hasToken reports whether a comma-separated header holds token.
func hasToken(header http.Header, name, token string) bool {
	for _, line := range header[name] {
		for one := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(one), token) {
				return true
			}
		}
	}
	return false
}

// accepts reports whether mediaType is named in Accept; wildcards do not count.
func accepts(header http.Header, mediaType string) bool {
	for _, line := range header["Accept"] {
		for one := range strings.SplitSeq(line, ",") {
			one, _, _ = strings.Cut(one, ";")
			if strings.EqualFold(strings.TrimSpace(one), mediaType) {
				return true
			}
		}
	}
	return false
}
