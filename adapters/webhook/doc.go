// Package webhook hands events over by POST to URLs.
//
// A Caller calls any number of webhooks, one attempt a call, signed by the Standard Webhooks scheme. Unless a call says otherwise it
// reaches public addresses only: each is looked at when it is connected to, after the name was resolved, so neither a redirect nor a
// name that changes leads inside.
//
// It follows redirects within the host where they keep method and body (307, 308). Of an answer no more than 64 KiB are read, and nothing is kept.
// Credentials in the URL go out as Basic authentication; no error shows the URL. It makes single attempts: who calls it tries again.
package webhook
