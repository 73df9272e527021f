package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
	"go.yaml.in/yaml/v3"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
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
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
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

// documentJSON is the contract as JSON, made when it is first asked for.
var documentJSON = sync.OnceValues(func() ([]byte, error) {
	var tree any
	if err := yaml.Unmarshal(openAPIDocument, &tree); err != nil {
		return nil, err
	}
	return json.Marshal(tree)
})

func serveDocument(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openAPIDocument)
}

func (f failures) serveDocumentJSON(w http.ResponseWriter, r *http.Request) {
	document, err := documentJSON()
	if err != nil {
		f.answer(w, r, "", &domain.Error{Kind: domain.Internal, Err: err})
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(document)
}

// Route gives a request a place where the router notes which route it took, and a function that tells it
// afterwards, with placeholders, such as /v1/receive/{number}; empty for an unknown path. For metrics around New's handler.
func Route(r *http.Request) (*http.Request, func() string) {
	found := chi.NewRouteContext()
	return r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, found)), found.RoutePattern
}
