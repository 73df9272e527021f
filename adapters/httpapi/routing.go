package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	"go.yaml.in/yaml/v3"

	"heliograph/adapters/httpapi/oas"
)

func unescape(segment string) (string, error) {
	if !strings.Contains(segment, "%") {
		return segment, nil
	}
	return url.PathUnescape(segment)
}

// decodePathOnce makes chi match the decoded path, so that an encoded slash
// separates segments like any other. Parameters are decoded once more where they are read.
func decodePathOnce(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawPath != "" {
			chi.RouteContext(r.Context()).RoutePath = r.URL.Path
		}
		next.ServeHTTP(w, r)
	})
}

// redirectSlash answers unknown paths: those with a slash too many are redirected, the rest is 404.
func redirectSlash(router chi.Routes) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if short, ok := strings.CutSuffix(r.URL.Path, "/"); ok && router.Match(chi.NewRouteContext(), r.Method, short) {
			to := url.URL{Path: short, RawQuery: r.URL.RawQuery}
			status := http.StatusTemporaryRedirect
			if r.Method == http.MethodGet {
				status = http.StatusMovedPermanently
			}
			http.Redirect(w, r, to.String(), status)
			return
		}
		refuse(w, http.StatusNotFound, oas.ErrorCodeNotFound, "404 page not found")
	}
}

// methodNotAllowed answers paths that exist for other methods.
func methodNotAllowed(router chi.Routes) http.HandlerFunc {
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}
	return func(w http.ResponseWriter, r *http.Request) {
		for _, method := range methods {
			if router.Match(chi.NewRouteContext(), method, r.URL.Path) {
				w.Header().Add("Allow", method)
			}
		}
		refuse(w, http.StatusMethodNotAllowed, oas.ErrorCodeMethodNotAllowed, "this path does not take "+safeMethod(r.Method))
	}
}

// safeMethod keeps what a client made up out of answers.
func safeMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "this method"
}

// document is the contract in both spellings.
type document struct{ asYAML, asJSON []byte }

func serveDocument() document {
	d := document{asYAML: openAPIDocument}
	var tree any
	if err := yaml.Unmarshal(openAPIDocument, &tree); err == nil {
		d.asJSON, _ = json.Marshal(tree)
	}
	return d
}

func (d document) yaml(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(d.asYAML)
}

func (d document) json(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(d.asJSON)
}
