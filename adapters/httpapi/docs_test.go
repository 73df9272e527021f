package httpapi_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
)

func TestDocsPageLoadsOnlyWhatTheGatewayServes(t *testing.T) {
	h, _ := newHandler(t, &core{}, httpapi.Options{})
	page := call(t, h, http.MethodGet, "/docs", "")
	if page.Code != http.StatusOK || !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("%d %v", page.Code, page.Header())
	}
	if policy := page.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page.Body.String(), -1)
	if len(links) < 4 {
		t.Fatalf("links %v", links)
	}
	for _, link := range links {
		if link[1] == "data:," { // no icon
			continue
		}
		if w := call(t, h, http.MethodGet, link[1], ""); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d", link[1], w.Code)
		}
	}
	if strings.Contains(page.Body.String(), "onclick") || strings.Contains(page.Body.String(), "<script>") || strings.Contains(page.Body.String(), "style=") {
		t.Error("the policy forbids what stands in the page")
	}
}

func TestSwaggerPageLeadsToDocs(t *testing.T) {
	h, _ := newHandler(t, &core{}, httpapi.Options{})
	if w := call(t, h, http.MethodGet, "/swagger/index.html", ""); w.Code != http.StatusFound || w.Header().Get("Location") != "/docs" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestDocsNeedATokenWhereOneIsConfigured(t *testing.T) {
	h, _ := newHandler(t, &core{}, httpapi.Options{Tokens: []httpapi.TokenHash{httpapi.HashToken("s3cret")}})
	for _, target := range []string{"/docs", "/docs/page.js", "/openapi.json", "/swagger/doc.json"} {
		if w := call(t, h, http.MethodGet, target, ""); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// A comma in a text without quotes makes two fields of it, one without value.
func TestDocumentHasNoFieldWithoutValue(t *testing.T) {
	h, _ := newHandler(t, &core{}, httpapi.Options{})
	w := call(t, h, http.MethodGet, "/openapi.json", "")
	if at := strings.Index(w.Body.String(), ":null"); at >= 0 {
		t.Errorf("…%s", w.Body.String()[max(0, at-80):at+5])
	}
}

func TestDocumentIsServedAsJSON(t *testing.T) {
	h, _ := newHandler(t, &core{}, httpapi.Options{})
	for _, target := range []string{"/openapi.json", "/swagger/doc.json"} {
		w := call(t, h, http.MethodGet, target, "")
		var document struct {
			OpenAPI string         `json:"openapi"`
			Paths   map[string]any `json:"paths"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil || document.OpenAPI != "3.1.0" || len(document.Paths) < 40 {
			t.Errorf("%s: %v, %q, %d paths", target, err, document.OpenAPI, len(document.Paths))
		}
	}
}
