package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"heliograph/adapters/simulator"
)

var demoGroup = "group." + base64.StdEncoding.EncodeToString([]byte(simulator.DemoGroupID))

// call makes a request of any method.
func (g gateway) call(t *testing.T, method, path, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), method, g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return g.do(t, request)
}

// inBothCarriers runs a test on a gateway with a connection and on one that starts a process for each call.
func inBothCarriers(t *testing.T, test func(t *testing.T, g gateway)) {
	for name, environ := range map[string]func(*testing.T) []string{"connection": modes["simulator"], "process": modes["normal"]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, serve(t, append(environ(t), "HELIOGRAPH_SIGNAL_CLI_WARM_UP=no")...))
		})
	}
}

// Trust modes may be read and written by many at once.
func TestDefect13TrustModesUnderParallelUse(t *testing.T) {
	g, _ := wrapped(t, "")
	var clients sync.WaitGroup
	for _, number := range []string{alice, bob} {
		for _, mode := range []string{"always", "on-first-use", "never"} {
			clients.Go(func() {
				for range 20 {
					if status, answer := g.post(t, "/v1/configuration/"+number+"/settings", `{"trust_mode":"`+mode+`"}`); status != http.StatusNoContent {
						t.Errorf("set: %d %s", status, answer)
					}
					if status, answer := g.get(t, "/v1/configuration/"+number+"/settings"); status != http.StatusOK || !strings.Contains(answer, `"trust_mode":"`) {
						t.Errorf("get: %d %s", status, answer)
					}
				}
			})
		}
	}
	clients.Wait()
}

// A change that the backend refuses is no success.
func TestDefect22RefusedChangesAreErrors(t *testing.T) {
	network, environ := simulation(t)
	g := serve(t, environ...)
	awaitHealthy(t, g)
	network.SetScript(simulator.Script{Rules: []simulator.Rule{
		{Method: "updateGroup", Error: &simulator.Error{Code: -3, Message: "Failed to reach the server: timeout (SocketTimeoutException)"}},
		{Method: "updateProfile", Error: &simulator.Error{Code: -1, Message: "Failed to update the profile"}},
	}})
	for _, path := range []string{"/v1/groups/" + alice + "/" + demoGroup, "/v1/profiles/" + alice} {
		status, answer := g.call(t, http.MethodPut, path, `{"name":"Renamed"}`)
		refusedWith(t, status, answer, http.StatusBadRequest)
	}
}

// What the account does not have is not found.
func TestDefects23And31WhatIsMissingIsNotFound(t *testing.T) {
	inBothCarriers(t, func(t *testing.T, g gateway) {
		unknown := "group." + base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(make([]byte, 32))))
		for _, path := range []string{
			"/v1/groups/" + alice + "/" + unknown, "/v1/groups/" + alice + "/group.eHh4eA==", "/v1/groups/" + alice + "/" + unknown + "?expand=true",
			"/v1/contacts/" + alice + "/" + bob + "/avatar", "/v1/groups/" + alice + "/" + demoGroup + "/avatar",
		} {
			status, answer := g.get(t, path)
			refusedWith(t, status, answer, http.StatusNotFound)
		}
	})
}

// contact is what tests read of one.
type contact struct {
	Number            string
	Name              string
	Blocked           bool
	MessageExpiration string `json:"message_expiration"`
}

// contactOf finds somebody among an account's contacts.
func (g gateway) contactOf(t *testing.T, account, number string) contact {
	t.Helper()
	status, answer := g.get(t, "/v1/contacts/"+account)
	var list []contact
	if err := json.Unmarshal([]byte(answer), &list); err != nil || status != http.StatusOK {
		t.Fatalf("contacts: %d %s", status, answer)
	}
	for _, one := range list {
		if one.Number == number {
			return one
		}
	}
	t.Fatalf("%s is no contact: %s", number, answer)
	return contact{}
}

// Who is blocked is seen to be; disappearing messages can be switched on, seen and switched off.
func TestDefects25And28ContactsTellTheTruth(t *testing.T) {
	inBothCarriers(t, func(t *testing.T, g gateway) {
		for _, c := range []struct {
			path, body, wantExpiration string
			wantBlocked                bool
		}{
			{"", `{"recipient":"` + bob + `","name":"Bobby","expiration_in_seconds":3600}`, "3600", false},
			{"/" + bob + "/block", ``, "3600", true},
			{"/" + bob + "/unblock", ``, "3600", false},
			{"", `{"recipient":"` + bob + `","expiration_in_seconds":0}`, "", false},
		} {
			method := http.MethodPost
			if c.path == "" {
				method = http.MethodPut
			}
			if status, answer := g.call(t, method, "/v1/contacts/"+alice+c.path, c.body); status != http.StatusNoContent {
				t.Fatalf("%s %s: %d %s", c.path, c.body, status, answer)
			}
			if got := g.contactOf(t, alice, bob); got.Blocked != c.wantBlocked || got.MessageExpiration != c.wantExpiration || got.Name != "Bobby" {
				t.Errorf("after %s %s: %+v", c.path, c.body, got)
			}
		}
	})
}

// A viewed receipt arrives as one.
func TestDefect27ViewedReceiptsAreSent(t *testing.T) {
	inBothCarriers(t, func(t *testing.T, g gateway) {
		body := `{"receipt_type":"viewed","recipient":"` + bob + `","timestamp":1700000000123}`
		if status, answer := g.post(t, "/v1/receipts/"+alice, body); status != http.StatusNoContent {
			t.Fatalf("%d %s", status, answer)
		}
		for ctx := within(t); ctx.Err() == nil; {
			status, answer := g.get(t, "/v1/receive/"+bob+"?timeout=1")
			var received []struct {
				Envelope struct {
					ReceiptMessage *struct{ IsViewed, IsRead bool }
				}
			}
			if err := json.Unmarshal([]byte(answer), &received); err != nil || status != http.StatusOK {
				t.Fatalf("receive: %d %s", status, answer)
			}
			for _, r := range received {
				if receipt := r.Envelope.ReceiptMessage; receipt != nil {
					if !receipt.IsViewed || receipt.IsRead {
						t.Errorf("arrived as %s", answer)
					}
					return
				}
			}
		}
		t.Fatal("no receipt arrives")
	})
}

// The other operations refuse what lacks something too, and take a plus sign as it is written.
func TestDefect34OtherOperationsRefuseWhatIsMissing(t *testing.T) {
	g, notes := wrapped(t, recordCalls)
	for name, c := range map[string]struct{ method, path, body string }{
		"typing-start-missing-recipient":      {http.MethodPut, "/v1/typing-indicator/" + alice, `{}`},
		"typing-stop-missing-recipient":       {http.MethodDelete, "/v1/typing-indicator/" + alice, `{"recipient":""}`},
		"remote-delete-missing-recipient":     {http.MethodDelete, "/v1/remote-delete/" + alice, `{"timestamp":1700000000123}`},
		"remote-delete-missing-timestamp":     {http.MethodDelete, "/v1/remote-delete/" + alice, `{"recipient":"` + bob + `"}`},
		"set-pin-missing":                     {http.MethodPost, "/v1/accounts/" + alice + "/pin", `{}`},
		"set-username-missing":                {http.MethodPost, "/v1/accounts/" + alice + "/username", `{}`},
		"add-missing-uri":                     {http.MethodPost, "/v1/devices/" + alice, `{}`},
		"stickers/add without anything":       {http.MethodPost, "/v1/sticker-packs/" + alice, `{}`},
		"stickers/add without a key":          {http.MethodPost, "/v1/sticker-packs/" + alice, `{"pack_id":"aabb"}`},
		"groups/pin-missing target_author":    {http.MethodPost, "/v1/groups/" + alice + "/" + demoGroup + "/pin-message", `{"timestamp":1700000000123}`},
		"groups/pin-missing target_timestamp": {http.MethodPost, "/v1/groups/" + alice + "/" + demoGroup + "/pin-message", `{"target_author":"` + bob + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := g.call(t, c.method, c.path, c.body)
			refusedWith(t, status, answer, http.StatusBadRequest)
		})
	}
	if started := calls(t, notes); len(started) != 0 {
		t.Errorf("refused requests started %q", started)
	}
	for _, spelled := range []string{bob, url.QueryEscape(bob)} {
		status, answer := g.get(t, "/v1/search/"+alice+"?numbers="+spelled)
		var found []struct {
			Number     string
			Registered bool
		}
		if err := json.Unmarshal([]byte(answer), &found); err != nil || status != http.StatusOK || len(found) != 1 || found[0].Number != bob || !found[0].Registered {
			t.Errorf("search for %s: %d %s", spelled, status, answer)
		}
	}
}

// Each level that can be set reads back.
func TestDefect35LogLevelsReadBack(t *testing.T) {
	g := serve(t, "MODE=simulator")
	for _, level := range []string{"debug", "warn", "error", "info"} {
		if status, answer := g.post(t, "/v1/configuration", `{"logging":{"Level":"`+level+`"}}`); status != http.StatusNoContent {
			t.Errorf("%s: %d %s", level, status, answer)
		}
		status, answer := g.get(t, "/v1/configuration")
		var got struct{ Logging struct{ Level string } }
		if err := json.Unmarshal([]byte(answer), &got); err != nil || status != http.StatusOK || got.Logging.Level != level {
			t.Errorf("%s reads back as %d %s", level, status, answer)
		}
	}
}

// Who leaves a group that they left already finds it done, in both carriers.
func TestDefect40LeavingAGroupTwice(t *testing.T) {
	inBothCarriers(t, func(t *testing.T, g gateway) {
		path := "/v1/groups/" + bob + "/" + demoGroup
		if status, answer := g.post(t, path+"/quit", ``); status != http.StatusNoContent {
			t.Fatalf("leaving: %d %s", status, answer)
		}
		for range 2 {
			if status, answer := g.call(t, http.MethodDelete, path, ``); status != http.StatusOK {
				t.Errorf("leaving again: %d %s", status, answer)
			}
		}
	})
}
