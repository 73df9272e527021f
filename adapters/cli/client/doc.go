// Package client is the Go client of Heliograph's REST API, generated from
// openapi.yaml of package httpapi. It is never edited by hand.
package client
