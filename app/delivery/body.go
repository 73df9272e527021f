package delivery

import (
	"bytes"
	"slices"

	"heliograph/domain"
)

// head and params begin the notification in which the reference posts what it received.
const (
	head   = `{"jsonrpc":"2.0","method":"receive",`
	params = `"params":`
)

// body is the notification for event, its payload untouched. A failure of receiving stands beside the method, as it came.
func body(event *domain.Event) []byte {
	if event.Kind == domain.KindReceiveError {
		return slices.Concat([]byte(head), event.Payload[bytes.IndexByte(event.Payload, '{')+1:])
	}
	return slices.Concat([]byte(head+params), event.Payload, []byte("}"))
}
