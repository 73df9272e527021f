package signalcli_test

import (
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

func TestCapabilitiesFollowTheRelease(t *testing.T) {
	for release, want := range map[string]map[string]bool{
		"0.13.0":  {"sendPollCreate": false, "send.viewOnce": false, "updateGroup.memberLabel": false},
		"0.13.22": {"sendPollCreate": true, "sendPinMessage": false, "send.viewOnce": true, "send.voiceNote": false},
		"0.14.6":  {"sendPollCreate": true, "sendPinMessage": true, "sendStory": true, "updateGroup.memberLabel": true},
	} {
		list, err := signalcli.New(&script{version: release}, signalcli.Options{}).Capabilities(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for i, c := range list {
			if c.Since == "" || i > 0 && list[i-1].Name >= c.Name {
				t.Errorf("%s: %+v after %+v", release, c, list[max(i-1, 0)])
			}
			got[c.Name] = c.Supported
		}
		for name, supported := range want {
			if value, listed := got[name]; !listed || value != supported {
				t.Errorf("%s: %s is listed %v, supported %v", release, name, listed, value)
			}
		}
		if _, listed := got["startCall"]; listed {
			t.Errorf("%s: what nothing calls is listed", release)
		}
	}
	if _, err := signalcli.New(&script{}, signalcli.Options{}).Capabilities(t.Context()); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("version unknown: %v", err)
	}
}
