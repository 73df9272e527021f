package signalcli_test

import (
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// No failure of the backend becomes a success, whichever call it was.
func TestDefect22FailuresAreNoSuccess(t *testing.T) {
	for _, n := range nouns() {
		for _, failure := range []error{
			signalcli.ErrorOf(signalcli.Call{Method: n.name}, signalcli.Failure{Code: -1, Message: "Failed to do it"}),
			signalcli.ErrorOf(signalcli.Call{Method: n.name}, signalcli.Failure{Code: -3, Message: "Failed: timeout (SocketTimeoutException)"}),
			signalcli.ErrorOf(signalcli.Call{Method: n.name}, signalcli.Failure{Code: -32603}),
			domain.Errorf(domain.Unavailable, "", "signal-cli is away"),
			domain.Errorf(domain.OutcomeUnknown, "", "the connection was lost"),
		} {
			s := &script{answer: n.answer, err: failure}
			if err := n.call(t.Context(), signalcli.New(s, signalcli.Options{SharedDisk: true})); err == nil {
				t.Errorf("%s: a success in spite of %v", n.name, failure)
			}
			if len(s.calls) == 0 {
				t.Errorf("%s: nothing was called", n.name)
			}
		}
	}
}
