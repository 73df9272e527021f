// Package oas holds the types and the strict server generated from
// openapi.yaml of package httpapi. It is never edited by hand.
package oas
