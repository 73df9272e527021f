package clients_test

import "testing"

// TestToken sends a message with each client to a gateway that asks for a token,
// in the way that the client knows: as a bearer token or as a Basic password.
func TestToken(t *testing.T) {
	clients := installed(t)
	const token, wrong = "correct-horse-battery-staple", "password123"
	g := startGateway(t, "HELIOGRAPH_TOKEN="+token)
	box := g.inbox(t, bob)

	apprise, shoutrrr := drive(t, clients.python(t, "python", "notify.py")), clients.shoutrrr(t)
	shouted := func(t *testing.T, login, query, text string) bool {
		return shoutrrr.shout(t, shout{URL: "signal://" + login + g.host + "/" + alice + "/" + bob + "?disabletls=yes" + query, Message: text}) == ""
	}
	tests := []struct {
		name string
		sent func(t *testing.T, token, text string) bool
	}{
		{"pysignalclirestapi", func(t *testing.T, token, text string) bool {
			api := drive(t, clients.python(t, "python", "rest_api.py", g.url, alice, token))
			return api.try(t, "send_message", args{"message": text, "recipients": bob}, nil) == ""
		}},
		{"apprise", func(t *testing.T, token, text string) (delivered bool) {
			url := "signal://any:" + token + "@" + g.host + "/" + alice + "/" + bob
			apprise.begin(t, map[string]any{"call": "notify", "args": notifyCall{URLs: []string{url}, Body: text, Format: "text"}})
			return apprise.end(t, &delivered) == "" && delivered
		}},
		{"shoutrrr with a bearer token", func(t *testing.T, token, text string) bool {
			return shouted(t, "", "&token="+token, text)
		}},
		{"shoutrrr with a password", func(t *testing.T, token, text string) bool {
			return shouted(t, "any:"+token+"@", "", text)
		}},
		{"piece", func(t *testing.T, token, text string) bool {
			piece := drive(t, clients.node(t, "piece.js", g.url, alice, token))
			return piece.try(t, "sendMessage", args{"message": text, "recipients": []string{bob}}, nil) == ""
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.sent(t, wrong, "with a wrong token") {
				t.Error("a wrong token was accepted")
			}
			if !test.sent(t, token, test.name) {
				t.Fatal("the right token was refused")
			}
			got := box.next(t, "message", func(e envelope) bool { return e.DataMessage != nil })
			if got.DataMessage.Message != test.name {
				t.Errorf("arrived %q", got.DataMessage.Message)
			}
		})
	}
}
