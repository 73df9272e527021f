package httpapi

import (
	"net/http"

	"heliograph/domain"
)

// operation is an operationId of openapi.yaml.
type operation string

// The operations whose statuses differ from the rest.
const (
	opSendMessage      operation = "sendMessage"
	opSendMessageV1    operation = "sendMessageV1"
	opReceiveMessages  operation = "receiveMessages"
	opListAccounts     operation = "listAccounts"
	opListAttachments  operation = "listAttachments"
	opGetAttachment    operation = "getAttachment"
	opDeleteAttachment operation = "deleteAttachment"
)

// statusOf chooses the status for a failure of an operation, the only place
// where that is done. Where the reference answers, it is the reference's status: 400 for nearly
// everything. perCall says that each call is a process of signal-cli: there
// the reference kills a slow one and answers 400.
func statusOf(op operation, kind domain.Kind, perCall bool) int {
	switch kind {
	case domain.Internal:
		return http.StatusInternalServerError
	case domain.TooLarge:
		return http.StatusRequestEntityTooLarge
	case domain.Unavailable, domain.Canceled:
		return http.StatusServiceUnavailable
	case domain.OutcomeUnknown, domain.Timeout:
		if perCall && (op == opSendMessage || op == opSendMessageV1) {
			return http.StatusBadRequest
		}
		return http.StatusGatewayTimeout
	}
	switch op {
	case opSendMessage:
		if kind == domain.RateLimited {
			return http.StatusTooManyRequests
		}
	case opListAccounts:
		return http.StatusInternalServerError
	case opListAttachments, opGetAttachment, opDeleteAttachment:
		switch kind {
		case domain.NotFound:
			return http.StatusNotFound
		case domain.Unsupported:
			return http.StatusNotImplemented
		}
	}
	return http.StatusBadRequest
}
