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
	opListEvents       operation = "listEvents"
	opListAccounts     operation = "listAccounts"
	opListAttachments  operation = "listAttachments"
	opGetAttachment    operation = "getAttachment"
	opDeleteAttachment operation = "deleteAttachment"
	opUploadAttachment operation = "uploadAttachment"
	opListIdentities   operation = "listIdentities"
	opSetTrustMode     operation = "setTrustMode"
)

// class says which statuses besides 400 an operation answers.
type class uint8

const (
	// named is an operation on something that the path names: what is missing is 404.
	named class = 1 << iota
	// own is an operation that the reference has not, so nothing binds it: a rate limit is 429.
	own
	// asReference is an operation where what the backend lacks is 400, as the reference answers.
	asReference
	// timestamped is an operation whose answer holds a timestamp; without one, in time, the reference answers 400 where each call is a process.
	timestamped
	// broken is an operation whose failures are all 500 in the reference.
	broken
)

var classes = map[operation]class{
	opSendMessage:       asReference | timestamped,
	opSendMessageV1:     asReference | timestamped,
	opReceiveMessages:   asReference,
	"getTrustMode":      asReference,
	opSetTrustMode:      asReference,
	"registerAccount":   asReference,
	"verifyAccount":     asReference,
	"unregisterAccount": asReference,
	"showDeviceLink":    asReference,
	"createDeviceLink":  asReference,
	"createPoll":        timestamped,
	"remoteDelete":      timestamped,
	opListAccounts:      broken,
	opListIdentities:    broken,
	opListAttachments:   named,
	opGetAttachment:     named,
	opDeleteAttachment:  named,

	"getGroup":           named,
	"addGroupMembers":    named,
	"removeGroupMembers": named,
	"addGroupAdmins":     named,
	"removeGroupAdmins":  named,
	"getGroupAvatar":     named,
	"getContact":         named,
	"getContactAvatar":   named,
	"getAccountStatus":   named | own,

	"deleteReader":          named,
	"getWebhook":            named | asReference,
	"createWebhook":         asReference,
	"listWebhooks":          asReference,
	"updateWebhook":         named | asReference,
	"deleteWebhook":         named | asReference,
	"listWebhookDeliveries": named | asReference,
	"replayWebhook":         named | asReference,
	"testWebhook":           named | asReference,
	"rotateWebhookSecret":   named | asReference,
	"listDeadLetters":       named | asReference,
	"deleteDeadLetters":     named | asReference,
	"deleteDeadLetter":      named | asReference,
	"redeliverDeadLetters":  named | asReference,
	"redeliverDeadLetter":   named | asReference,

	"joinGroupByLink":         named | own,
	"unblockGroup":            named | own,
	"banFromGroup":            named | own,
	"unbanFromGroup":          named | own,
	"resetGroupLink":          named | own,
	"setGroupMemberLabel":     named | own,
	"removeContact":           named | own,
	"blockContact":            named | own,
	"unblockContact":          named | own,
	"respondToMessageRequest": named | own,
}

// statusOf chooses the status for a failure of an operation, the only place
// where that is done. Where the reference answers, it is the reference's status: 400 for nearly
// everything. perCall says that each call is a process of signal-cli: there
// the reference kills a slow one and answers 400.
func statusOf(op operation, kind domain.Kind, perCall bool) int {
	of := classes[op]
	switch kind {
	case domain.Internal:
		return http.StatusInternalServerError
	case domain.TooLarge:
		return http.StatusRequestEntityTooLarge
	case domain.Unavailable, domain.Canceled:
		return http.StatusServiceUnavailable
	case domain.OutcomeUnknown, domain.Timeout:
		if perCall && of&timestamped != 0 {
			return http.StatusBadRequest
		}
		return http.StatusGatewayTimeout
	}
	switch {
	case of&broken != 0:
		return http.StatusInternalServerError
	case kind == domain.RateLimited && (op == opSendMessage || of&own != 0):
		return http.StatusTooManyRequests
	case kind == domain.NotFound && of&named != 0:
		return http.StatusNotFound
	case kind == domain.Unsupported && of&asReference == 0:
		return http.StatusNotImplemented
	}
	return http.StatusBadRequest
}
