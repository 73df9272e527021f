package httpapi

import (
	"bufio"
	"context"
	"net/http"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// eventsPath is where all events are read.
const eventsPath = "/v1/events"

// eventLog gives out events of all accounts, with their cursors.
type eventLog struct {
	streams
	events ports.Events
	check  func(context.Context, domain.Account) error
}

func (s *eventLog) listEvents(w http.ResponseWriter, r *http.Request) {
	way := wayOf(r)
	query, err := parseEventQuery(r, way)
	if err == nil && way != wayArray {
		err = s.checkAccounts(r.Context(), query.reader.Filter)
	}
	switch {
	case err != nil:
		s.fail.answer(w, r, opListEvents, err)
	case way == wayWebSocket:
		s.serveWebSocket(w, r, query.reader, ports.SocketOptions{Events: true, Gaps: true, Ack: query.ack})
	case way == wayEvents:
		s.serveEvents(w, r, opListEvents, query.reader, true)
	case query.back:
		s.answerHistory(w, r, query)
	default:
		s.answerPoll(w, r, query)
	}
}

// checkAccounts refuses streams of accounts that the backend does not have: nothing would ever come. What is kept of an account that was removed can be
// asked for all the same.
func (s *eventLog) checkAccounts(ctx context.Context, filter domain.Filter) error {
	if s.check == nil {
		return nil
	}
	accounts := filter.Accounts
	if filter.Account != "" {
		accounts = []domain.Account{filter.Account}
	}
	for _, account := range accounts {
		if err := s.check(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

func (s *eventLog) answerPoll(w http.ResponseWriter, r *http.Request, query eventQuery) {
	page, err := s.events.Poll(r.Context(), query.reader, query.limit, query.timeout)
	if err != nil {
		s.fail.answer(w, r, opListEvents, err)
		return
	}
	end := []byte(`"next":"` + page.Next.String() + `"`)
	if page.Gap != nil {
		end = page.Gap.AppendJSON(append(end, `,"gap":`...))
	}
	if page.Reset {
		end = append(end, `,"reset":true`...)
	}
	writeEvents(w, page.Events, end)
}

func (s *eventLog) answerHistory(w http.ResponseWriter, r *http.Request, query eventQuery) {
	past, err := s.events.History(r.Context(), query.reader.Filter, query.until, query.limit)
	if err != nil {
		s.fail.answer(w, r, opListEvents, err)
		return
	}
	end := []byte(`"next":"` + past.Next.String() + `"`)
	if past.Done {
		end = append(end, `,"done":true`...)
	}
	writeEvents(w, past.Events, end)
}

// writeEvents answers an object of the events and the fields of end.
func writeEvents(w http.ResponseWriter, events []*domain.Event, end []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	out := bufio.NewWriter(&pacedWriter{ResponseWriter: w, control: http.NewResponseController(w)})
	_, _ = out.WriteString(`{"events":[`) // Flush tells
	var one []byte
	for i, event := range events {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		one = event.AppendJSON(one[:0])
		_, _ = out.Write(one)
	}
	_, _ = out.WriteString("],")
	_, _ = out.Write(end)
	_ = out.WriteByte('}')
	if out.Flush() != nil {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
}

// eventOperations are those of the strict server.
type eventOperations struct{ events ports.Events }

func (h eventOperations) DeleteEvents(ctx context.Context, r oas.DeleteEventsRequestObject) (oas.DeleteEventsResponseObject, error) {
	account, err := parseQueryAccount(r.Params.Account)
	if err != nil {
		return nil, err
	}
	return oas.DeleteEvents204Response{}, h.events.Forget(ctx, account)
}

func (h eventOperations) ListReaders(ctx context.Context, _ oas.ListReadersRequestObject) (oas.ListReadersResponseObject, error) {
	states, err := h.events.ListReaders(ctx)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListReaders200JSONResponse, len(states))
	for i, s := range states {
		answer[i] = oas.Reader{Cursor: s.Cursor.String(), Updated: s.Updated.UTC(), Name: s.Name.Name}
		if s.Name.Account != "" {
			answer[i].Account = new(string(s.Name.Account))
		}
		if s.Behind >= 0 {
			answer[i].Behind = new(s.Behind)
		}
	}
	return answer, nil
}

func (h eventOperations) DeleteReader(ctx context.Context, r oas.DeleteReaderRequestObject) (oas.DeleteReaderResponseObject, error) {
	var account domain.Account
	var err error
	if r.Params.Account != nil {
		if account, err = parseQueryAccount(*r.Params.Account); err != nil {
			return nil, err
		}
	}
	name, err := domain.ParseReaderName(account, r.Name)
	if err != nil {
		return nil, err
	}
	return oas.DeleteReader204Response{}, h.events.DeleteReader(ctx, name)
}
