package carriertest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

func hasFaults(h Harness) bool { return h.Fault != nil }

var calling = []clause{
	{name: "ResultIsSignalClisJSON", check: func(t *testing.T, h Harness) {
		result, err := h.Carrier.Call(t.Context(), send(h, "hello"))
		var sent struct{ Timestamp int64 }
		if err != nil || json.Unmarshal(result, &sent) != nil || sent.Timestamp == 0 {
			t.Errorf("got %s, %v", result, err)
		}
	}},
	{name: "CallWithoutResultGivesAnEmptyObject", check: func(t *testing.T, h Harness) {
		result, err := h.Carrier.Call(t.Context(), signalcli.Call{Method: "updateContact", Account: h.Account, Effect: true,
			Params: []signalcli.Param{{Name: "recipient", Value: h.Recipient, Form: signalcli.Positional}, {Name: "name", Value: "Somebody"}}})
		if err != nil || string(result) != "{}" && string(result) != "null" {
			t.Errorf("got %s, %v", result, err)
		}
	}},
	{name: "NoValueBecomesAnOption", check: noOptions},
	{name: "ListThatIsEmptyIsNotLeftOut", check: func(t *testing.T, h Harness) {
		message, err := h.Carrier.Call(t.Context(), signalcli.Call{Method: "sendPollCreate", Account: h.Account, Effect: true, Params: []signalcli.Param{
			{Name: "question", Value: "-q"}, {Name: "option", Value: []string{"apple", "banana"}},
			{Name: "recipient", Value: []string{h.Recipient}, Form: signalcli.Positional}}})
		var poll struct{ Timestamp int64 }
		if err != nil || json.Unmarshal(message, &poll) != nil {
			t.Fatalf("poll: %s, %v", message, err)
		}
		for count, options := range [][]int64{{0}, {}} {
			_, err := h.Carrier.Call(t.Context(), signalcli.Call{Method: "sendPollVote", Account: h.Account, Effect: true, Params: []signalcli.Param{
				{Name: "option", Value: options}, {Name: "pollAuthor", Value: string(h.Account)}, {Name: "pollTimestamp", Value: poll.Timestamp},
				{Name: "voteCount", Value: int64(count + 1)}, {Name: "recipient", Value: []string{h.Recipient}, Form: signalcli.Positional}}})
			if err != nil {
				t.Errorf("vote for %v: %v", options, err)
			}
		}
	}},
	{name: "FailuresHaveTheirKind", applies: hasFaults, check: func(t *testing.T, h Harness) {
		for kind, failure := range map[domain.Kind]signalcli.Failure{
			domain.Invalid:         {Code: -1, Message: "No recipients given"},
			domain.NotFound:        {Code: -1, Message: "Group not found: AAAA="},
			domain.Backend:         {Code: -3, Message: "Failed to reach the server: timeout (SocketTimeoutException)"},
			domain.Untrusted:       {Code: -4, Message: "Failed to send message due to untrusted identities"},
			domain.RateLimited:     {Code: -5, Message: "Failed to send message due to rate limiting"},
			domain.CaptchaRejected: {Code: -6, Message: "Captcha rejected"},
			domain.Unavailable:     {Code: -32603, Message: "Failed to send message: Connection refused (ConnectException) (UnexpectedErrorException)"},
		} {
			h.Fault(Fault{Error: &failure})
			_, err := h.Carrier.Call(t.Context(), send(h, "x"))
			want(t, err, kind)
			if got := domain.DetailOf(err); got != failure.Message {
				t.Errorf("detail %q, want %q", got, failure.Message)
			}
		}
	}},
	{name: "EndedContextMakesNoCall", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := h.Carrier.Call(ctx, send(h, "never"))
		want(t, err, domain.Canceled)
		if _, err := h.Carrier.Call(t.Context(), send(h, "after")); err != nil {
			t.Fatal(err)
		}
		if got := h.Delivered(t, 1); len(got) != 1 || got[0] != "after" {
			t.Errorf("delivered %q", got)
		}
	}},
	{name: "CancelAndDeadlineEndACall", applies: hasFaults, check: func(t *testing.T, h Harness) {
		for _, call := range []signalcli.Call{send(h, "x"), read(h)} {
			h.Fault(Fault{Stall: true})
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			ended := start(ctx, t, h, call)
			if call.Effect {
				want(t, within(t, ended).err, domain.OutcomeUnknown, domain.Timeout)
			} else {
				want(t, within(t, ended).err, domain.Timeout)
			}
			ctx, cancel = context.WithCancel(t.Context())
			ended = start(ctx, t, h, call)
			cancel()
			want(t, within(t, ended).err, domain.Canceled, domain.OutcomeUnknown)
			h.Fault()
			if _, err := h.Carrier.Call(t.Context(), call); err != nil {
				t.Errorf("the place of the call is not free: %v", err)
			}
		}
	}},
}

// start makes a call in the background; the test waits for its end.
func start(ctx context.Context, t *testing.T, h Harness, call signalcli.Call) <-chan outcome {
	ended := make(chan outcome, 1)
	var background errgroup.Group
	background.Go(func() error {
		result, err := h.Carrier.Call(ctx, call)
		ended <- outcome{result, err}
		return nil
	})
	t.Cleanup(func() { _ = background.Wait() })
	return ended
}

// noOptions sends values that look like options in every place of the command line: each must come out as a value, or be refused.
func noOptions(t *testing.T, h Harness) {
	for _, value := range []string{"--config=/x", "-a", "--", "-", "--help", "-e", "--end-session", "@file", "-m=x", "--note-to-self", "a b", "'", "$(id)"} {
		if _, err := h.Carrier.Call(t.Context(), send(h, value)); err != nil {
			t.Errorf("text %q: %v", value, err)
		} else if got := h.Delivered(t, 1); !slices.Equal(got, []string{value}) {
			t.Errorf("text %q arrived as %q", value, got)
		}
		quoted := send(h, "see the quote")
		quoted.Params = append(quoted.Params, signalcli.Param{Name: "quoteTimestamp", Value: int64(1700000000123)},
			signalcli.Param{Name: "quoteAuthor", Value: h.Recipient}, signalcli.Param{Name: "quoteMessage", Value: value})
		if _, err := h.Carrier.Call(t.Context(), quoted); err != nil {
			t.Errorf("option %q: %v", value, err)
		} else if got := h.Delivered(t, 1); !slices.Equal(got, []string{"see the quote"}) {
			t.Errorf("with the option %q arrived %q", value, got)
		}
		toWhom := send(h, "to a recipient that is none")
		toWhom.Params[0].Value = []string{value}
		if result, err := h.Carrier.Call(t.Context(), toWhom); err == nil {
			t.Errorf("recipient %q: %s", value, result)
		}
		attached := send(h, "with a file that is none")
		attached.Params = append(attached.Params, signalcli.Param{Name: "attachment", Value: []string{value}})
		if result, err := h.Carrier.Call(t.Context(), attached); err == nil {
			t.Errorf("attachment %q: %s", value, result)
		}
	}
	if _, err := h.Carrier.Call(t.Context(), send(h, "last")); err != nil {
		t.Fatal(err)
	}
	if got := h.Delivered(t, 1); !slices.Equal(got, []string{"last"}) {
		t.Errorf("something else was sent: %q", got)
	}
}
