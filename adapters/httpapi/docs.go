package httpapi

import (
	"embed"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// docsFiles is a page to try the API, which needs nothing but this gateway.
//
//go:embed docs
var docsFiles embed.FS

// docsPolicy lets the page load its own files and call this gateway, and nothing else.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountDocs serves the page at /docs, where the reference's /swagger/index.html leads too, and the document.
func mountDocs(router chi.Router, fail failures) {
	for path, file := range map[string]struct{ name, contentType string }{
		"/docs":          {"docs/index.html", "text/html; charset=utf-8"},
		"/docs/page.js":  {"docs/page.js", "text/javascript; charset=utf-8"},
		"/docs/page.css": {"docs/page.css", "text/css; charset=utf-8"},
	} {
		router.Get(path, func(w http.ResponseWriter, r *http.Request) {
			content, err := docsFiles.ReadFile(file.name)
			if err != nil {
				fail.answer(w, r, "", err)
				return
			}
			header := w.Header()
			header.Set("Content-Type", file.contentType)
			header.Set("Content-Security-Policy", docsPolicy)
			header.Set("X-Content-Type-Options", "nosniff")
			header.Set("Referrer-Policy", "no-referrer")
			header.Set("Cache-Control", "no-cache")
			_, _ = w.Write(content) // a client that went away is no failure of ours
		})
	}
	for _, path := range []string{"/swagger", "/swagger/index.html"} {
		router.Method(http.MethodGet, path, http.RedirectHandler("/docs", http.StatusFound))
	}
	router.Get("/openapi.yaml", serveDocument)
	router.Get("/openapi.json", fail.serveDocumentJSON)
	router.Get("/swagger/doc.json", fail.serveDocumentJSON)
}
