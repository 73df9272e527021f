// Package httpapi is the REST API: openapi.yaml on chi.
//
//	handler := httpapi.New(httpapi.Ports{…}, httpapi.Options{…})
//	server := httpapi.NewServer(handler, logger)
//
// Every request passes the same gate first: the Host header must name the
// gateway, a request of a web page of another origin is refused, and where
// tokens are configured one must be shown (the probes need none). Bodies are
// bounded. No path or header of a client reaches a file name; the names of uploads
// are for the Spool to check.
//
// The operations are those of the strict server generated into package oas.
// By hand are mounted: the sends, which are decoded as a stream so that
// attachments go straight to the Spool; receiving and the events, which are negotiated between
// WebSocket (a function given by Options), server-sent events and JSON;
// serving an attachment; and the handler of the metrics.
//
// Failures are {"error": …, "code": …}; the status is chosen in status.go. No
// number, text, token or name of a client is logged.
//
// The package starts no goroutine. It ends with the http.Server that serves
// it; server-sent events end when their Stream says Unavailable, so stop the
// hub before waiting in http.Server.Shutdown.
package httpapi
