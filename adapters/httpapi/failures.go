package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"heliograph/adapters/httpapi/jsonstream"
	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// failures turns errors into answers.
type failures struct {
	mode   string
	logger *slog.Logger
	ids    *requestIDs
}

// perCall says that each call is a process of signal-cli.
func (f failures) perCall() bool { return f.mode == "normal" || f.mode == "native" }

// operationError is an error with the operation that it ended.
type operationError struct {
	op  operation
	err error
}

func (e *operationError) Error() string { return string(e.op) + ": " + e.err.Error() }
func (e *operationError) Unwrap() error { return e.err }

// nameOperation puts the operation on the errors of the strict server's handlers.
func nameOperation(next oas.StrictHandlerFunc, operationID string) oas.StrictHandlerFunc {
	op := operation(operationID)
	if op != "" && op[0] >= 'A' && op[0] <= 'Z' { // the generator capitalises
		op = operation(op[0]+'a'-'A') + op[1:]
	}
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		response, err := next(ctx, w, r, request)
		var named *operationError
		if err != nil && !errors.As(err, &named) {
			err = &operationError{op, err}
		}
		return response, err
	}
}

// response answers the error of a handler of the strict server.
func (f failures) response(w http.ResponseWriter, r *http.Request, err error) {
	var named *operationError
	if errors.As(err, &named) {
		f.answer(w, r, named.op, named.err)
		return
	}
	f.answer(w, r, "", err)
}

// request answers a body that the strict server could not decode.
func (f failures) request(w http.ResponseWriter, r *http.Request, err error) {
	f.answer(w, r, "", bodyError(err))
}

// bodyError classifies what went wrong while a body was read.
func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	var known *domain.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &tooLarge):
		return domain.Errorf(domain.TooLarge, "", "request body is over the limit of %d bytes", tooLarge.Limit)
	case errors.Is(err, jsonstream.ErrEncoding):
		return domain.Errorf(domain.Invalid, "", "Couldn't process request - text that is not valid UTF-8")
	}
	return &domain.Error{Kind: domain.Invalid, Detail: "Couldn't process request - invalid request", Err: err}
}

// parameter answers a path or query parameter that could not be decoded.
func (f failures) parameter(w http.ResponseWriter, r *http.Request, err error) {
	detail := "Couldn't process request - malformed parameter"
	var required *oas.RequiredParamError
	var format *oas.InvalidParamFormatError
	var many *oas.TooManyValuesForParamError
	switch {
	case errors.As(err, &required) && required.ParamName == "device_name":
		detail = "Please provide a name for the device"
	case errors.As(err, &required):
		detail = "Couldn't process request - missing parameter " + required.ParamName
	case errors.As(err, &format):
		detail = "Couldn't process request - malformed " + format.ParamName
	case errors.As(err, &many):
		detail = "Couldn't process request - parameter " + many.ParamName + " is given more than once"
	}
	f.answer(w, r, "", &domain.Error{Kind: domain.Invalid, Detail: detail, Err: err})
}

// answer writes err as the answer of op.
func (f failures) answer(w http.ResponseWriter, r *http.Request, op operation, err error) {
	kind := domain.KindOf(err)
	body := oas.Error{Error: domain.DetailOf(err), Code: oas.ErrorCode(kind.String())}
	header := w.Header()
	var limit *domain.RateLimit
	if errors.As(err, &limit) {
		addRateLimit(&body, header, limit)
	}
	var untrusted *domain.UntrustedIdentity
	if errors.As(err, &untrusted) && len(untrusted.Recipients) > 0 {
		body.Untrusted = untrustedPeople(untrusted.Recipients, actingAccount(r, err))
	}
	status := statusOf(op, kind, f.perCall())
	if status == http.StatusServiceUnavailable {
		retry := time.Second
		var backoff *domain.Backoff
		if errors.As(err, &backoff) {
			retry = backoff.RetryAfter
		}
		addRetryAfter(&body, header, retry)
	}
	level := slog.LevelWarn
	if kind == domain.Canceled {
		level = slog.LevelDebug // the client went away
	}
	if status >= http.StatusInternalServerError && f.logger.Enabled(r.Context(), level) {
		f.logger.LogAttrs(r.Context(), level, "request failed", slog.String("operation", string(op)), slog.String("kind", kind.String()),
			slog.Int("status", status), slog.String("request", f.ids.of(w)))
	}
	writeJSON(w, status, body)
}

// accountError is an error with the account that acted, where no path names it.
type accountError struct {
	account domain.Account
	err     error
}

func (e *accountError) Error() string { return e.err.Error() }
func (e *accountError) Unwrap() error { return e.err }

// actingAccount is whose request failed, empty where that is unknown.
func actingAccount(r *http.Request, err error) domain.Account {
	var named *accountError
	if errors.As(err, &named) {
		return named.account
	}
	number, err := pathParameter(r, "number")
	if err != nil {
		return ""
	}
	account, err := domain.ParseAccount(number)
	if err != nil {
		return ""
	}
	return account
}

// untrustedPeople names people and the calls by which account trusts their keys.
func untrustedPeople(list []domain.Address, account domain.Account) *[]oas.UntrustedPerson {
	people := make([]oas.UntrustedPerson, len(list))
	for i, a := range list {
		people[i] = oas.UntrustedPerson{Number: optional(string(a.Number)), Uuid: optional(string(a.UUID)), Username: optional(string(a.Username))}
		for _, name := range []string{string(a.Number), string(a.UUID), string(a.Username)} {
			if name != "" && account != "" {
				people[i].Trust = optional("PUT /v1/identities/" + string(account) + "/trust/" + name)
				break
			}
		}
	}
	return &people
}

func addRateLimit(body *oas.Error, header http.Header, limit *domain.RateLimit) {
	body.Account = optional(string(limit.Account))
	tokens := make([]string, 0, len(limit.ChallengeTokens))
	for _, token := range limit.ChallengeTokens {
		if token != "" {
			tokens = append(tokens, token)
		}
	}
	if len(tokens) > 0 {
		body.ChallengeTokens = &tokens
	}
	if limit.RetryAfter > 0 {
		addRetryAfter(body, header, limit.RetryAfter)
	}
}

// addRetryAfter tells when to come back, in seconds, rounded up.
func addRetryAfter(body *oas.Error, header http.Header, after time.Duration) {
	seconds := max(1, int64((after+time.Second-1)/time.Second))
	body.RetryAfter = &seconds
	header.Set("Retry-After", strconv.FormatInt(seconds, 10))
}

// refuse answers for the edge itself, without any port.
func refuse(w http.ResponseWriter, status int, code oas.ErrorCode, detail string) {
	writeJSON(w, status, oas.Error{Error: detail, Code: code})
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		status, encoded = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be encoded","code":"internal"}`)
	}
	writeEncoded(w, status, encoded)
}

// typeJSON is shared by all answers; net/http only reads it.
var typeJSON = []string{"application/json; charset=utf-8"}

// writeEncoded writes an answer that is JSON already. net/http finds the length of short ones.
func writeEncoded(w http.ResponseWriter, status int, encoded []byte) {
	w.Header()["Content-Type"] = typeJSON
	w.WriteHeader(status)
	_, _ = w.Write(encoded) // a client that went away is no failure of ours
}

// pathParameter decodes a segment of the path a second time, as clients of the reference expect.
func pathParameter(r *http.Request, name string) (string, error) {
	s, err := unescape(chi.URLParam(r, name))
	if err != nil {
		return "", domain.Errorf(domain.Invalid, "", "Couldn't process request - malformed %s", name)
	}
	return s, nil
}
