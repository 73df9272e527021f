package httpapi

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"heliograph/adapters/httpapi/oas"
)

// listParameters are those of the query that may be given any number of times, on any path, and on that of the events.
var (
	listParameters      = map[string]bool{"numbers": true}
	eventListParameters = map[string]bool{"account": true, "kind": true, "sender": true, "group": true}
)

// checkQuery refuses queries that servers could read in different ways, for all routes: malformed ones, and a parameter given twice.
func checkQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			if fault := queryFault(r.URL.Path, r.URL.RawQuery); fault != "" {
				refuse(w, http.StatusBadRequest, oas.ErrorCodeInvalid, "Couldn't process request - "+fault)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// queryFault says what is wrong with a query, empty for nothing.
func queryFault(path, raw string) string {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return "malformed query"
	}
	for name, values := range query {
		if len(values) > 1 && !listParameters[name] && !(path == eventsPath && eventListParameters[name]) {
			return "a parameter is given more than once"
		}
		for _, value := range append(values, name) {
			if !utf8.ValidString(value) {
				return "the query is not valid UTF-8"
			}
		}
	}
	return ""
}
