package webhooks

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"heliograph/domain"
)

// begin and params begin the notification in which the reference posts what it received.
const (
	begin  = `{"jsonrpc":"2.0","method":"receive",`
	params = `"params":`
)

const (
	typeJSON       = "application/json"
	typeCloudEvent = "application/cloudevents+json"
)

// body is event in the form that a webhook wants, its payload untouched.
func body(form domain.WebhookBody, delivery string, event *domain.Event) (contentType string, content []byte) {
	switch form {
	case domain.WebhookReference:
		return typeJSON, notification(event)
	case domain.WebhookCloudEvent:
		return typeCloudEvent, cloudEvent(delivery, event)
	}
	return typeJSON, plainEvent(delivery, event)
}

// notification is the reference's. A failure of receiving stands beside the method, as it came.
func notification(event *domain.Event) []byte {
	if event.Kind == domain.KindReceiveError {
		return slices.Concat([]byte(begin), event.Payload[bytes.IndexByte(event.Payload, '{')+1:])
	}
	return slices.Concat([]byte(begin+params), event.Payload, []byte("}"))
}

func plainEvent(delivery string, event *domain.Event) []byte {
	return withPayload(struct {
		ID       string           `json:"id"`
		Cursor   string           `json:"cursor"`
		Account  domain.Account   `json:"account,omitempty"`
		Kind     domain.EventKind `json:"kind"`
		Received string           `json:"received"`
		Source   string           `json:"source,omitempty"`
		Group    string           `json:"group,omitempty"`
	}{delivery, event.Cursor.String(), event.Account, event.Kind, instant(event.Received), event.Source, group(event)}, "payload", event.Payload)
}

func cloudEvent(delivery string, event *domain.Event) []byte {
	return withPayload(struct {
		SpecVersion string         `json:"specversion"`
		ID          string         `json:"id"`
		Source      string         `json:"source"`
		Type        string         `json:"type"`
		Time        string         `json:"time"`
		Subject     string         `json:"subject,omitempty"`
		ContentType string         `json:"datacontenttype"`
		Account     domain.Account `json:"account,omitempty"`
		Sender      string         `json:"sender,omitempty"`
		Cursor      string         `json:"cursor"`
	}{
		"1.0", delivery, "/v1/receive/" + string(event.Account), "heliograph." + string(event.Kind), instant(event.Received), group(event),
		typeJSON, event.Account, event.Source, event.Cursor.String(),
	}, "data", event.Payload)
}

// withPayload is the JSON of fields, which cannot fail to be encoded, with one member behind them.
func withPayload(fields any, member string, payload []byte) []byte {
	encoded, _ := json.Marshal(fields)
	if len(payload) == 0 {
		payload = []byte("null")
	}
	return slices.Concat(encoded[:len(encoded)-1], []byte(`,"`+member+`":`), payload, []byte("}"))
}

func instant(t domain.Timestamp) string { return t.Time().UTC().Format(time.RFC3339Nano) }

func group(event *domain.Event) string {
	if event.Group.IsZero() {
		return ""
	}
	return event.Group.String()
}
