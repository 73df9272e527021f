package httpapi

import (
	"context"
	"math"
	"strconv"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// polls asks questions and answers them.
type polls struct{ posting }

func (h polls) CreatePoll(ctx context.Context, r oas.CreatePollRequestObject) (oas.CreatePollResponseObject, error) {
	result, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		target, err := parseTarget(r.Body.Recipient)
		several := r.Body.AllowMultipleSelections
		return domain.Poll{Target: target, Question: r.Body.Question, Options: r.Body.Answers, Single: several != nil && !*several}, err
	})
	return oas.CreatePoll201JSONResponse{Timestamp: timestampText(result.Timestamp)}, err
}

func (h polls) VotePoll(ctx context.Context, r oas.VotePollRequestObject) (oas.VotePollResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) { return vote(r.Body) })
	return oas.VotePoll204Response{}, err
}

// vote is the first vote of an account on a poll; the answers of the API begin with 1.
func vote(body *oas.VoteRequest) (domain.Outgoing, error) {
	target, err := parseTarget(body.Recipient)
	if err != nil {
		return nil, err
	}
	author, err := parsePerson("poll_author", body.PollAuthor)
	if err != nil {
		return nil, err
	}
	timestamp, err := parsePollTimestamp(body.PollTimestamp)
	if err != nil {
		return nil, err
	}
	options := make([]int, len(value(body.SelectedAnswers)))
	for i, answer := range value(body.SelectedAnswers) {
		if answer < 1 || answer > math.MaxInt32 {
			return nil, domain.Errorf(domain.Invalid, "", "Invalid index in selected_answers specified, index needs to be >= 1!")
		}
		options[i] = int(answer) - 1
	}
	return domain.Vote{Target: target, PollAuthor: author, PollTimestamp: timestamp, Options: options, Count: 1}, nil
}

func (h polls) ClosePoll(ctx context.Context, r oas.ClosePollRequestObject) (oas.ClosePollResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		target, err := parseTarget(r.Body.Recipient)
		if err != nil {
			return nil, err
		}
		timestamp, err := parsePollTimestamp(r.Body.PollTimestamp)
		return domain.PollEnd{Target: target, PollTimestamp: timestamp}, err
	})
	return oas.ClosePoll204Response{}, err
}

// parsePollTimestamp reads the text that createPoll answered.
func parsePollTimestamp(s string) (domain.Timestamp, error) {
	if s == "" {
		return 0, missing("poll_timestamp")
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, domain.Errorf(domain.Invalid, "", "poll_timestamp must be a timestamp in milliseconds since 1970")
	}
	return domain.ParseTimestamp(ms)
}
