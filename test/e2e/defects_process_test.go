package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

// wrapped is MODE=normal with the simulator's signal-cli behind a script: it gets to see each call first, with the folder
// for notes in $NOTES, and may end it.
func wrapped(t *testing.T, script string) (g gateway, notes string) {
	t.Helper()
	env := asSignalCLI(t)
	bin, notes := t.TempDir(), t.TempDir()
	script = "#!/bin/sh\nNOTES='" + notes + "'\n" + script + "\nexec '" + binary + "' signal-cli \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "signal-cli"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	g = serve(t, append(env, "MODE=normal", "HELIOGRAPH_SIGNAL_CLI_WARM_UP=no", "PATH="+bin+":"+os.Getenv("PATH"))...)
	return g, notes
}

// recordCalls notes each call's arguments as one line of its own.
const recordCalls = `line=$(printf '%s\037' "$@"); printf '%s\n' "$line" >>"$NOTES/calls"`

// calls are the argument vectors that recordCalls noted, without those of the gateway's own accord.
func calls(t *testing.T, notes string) (all [][]string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(notes, "calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		argv := strings.Split(strings.TrimSuffix(line, "\n"), "\x1f")
		if !slices.ContainsFunc(argv, func(word string) bool {
			return word == "listAccounts" || word == "receive" || word == "version" || word == "--version"
		}) {
			all = append(all, argv)
		}
	}
	return all
}

// What a client writes never becomes an option: what cannot be a value there is refused before signal-cli starts, and
// what can arrives as it was written.
func TestDefect18ValuesNeverBecomeOptions(t *testing.T) {
	g, notes := wrapped(t, recordCalls)
	secret := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	const from = `"number":"` + alice + `","message":"hello"`
	for name, c := range map[string]struct{ path, body string }{
		"injection-username-attachment": {"/v2/send", `{` + from + `,"recipients":["bob.01","--attachment","` + secret + `"]}`},
		"option-injection":              {"/v1/send", `{` + from + `,"recipients":["bob.01","--attachment","` + secret + `"]}`},
		"attachment behind =":           {"/v2/send", `{` + from + `,"recipients":["bob.01","--attachment=` + secret + `"]}`},
		"injection-username-option":     {"/v2/send", `{` + from + `,"recipients":["--end-session"]}`},
		"configuration":                 {"/v2/send", `{` + from + `,"recipients":["--config=/x"]}`},
		"short option":                  {"/v2/send", `{` + from + `,"recipients":["-a"]}`},
		"username that is an option":    {"/v2/send", `{` + from + `,"recipients":["u:--end-session"]}`},
		"injection-number":              {"/v2/send", `{"number":"--version","message":"hello","recipients":["` + bob + `"]}`},
		"injection-number, version 1":   {"/v1/send", `{"number":"-v","message":"hello","recipients":["` + bob + `"]}`},
		"injection-sticker":             {"/v2/send", `{` + from + `,"recipients":["` + bob + `"],"sticker":"--end-session:1"}`},
		"quote author":                  {"/v2/send", `{` + from + `,"recipients":["` + bob + `"],"quote_timestamp":1700000000123,"quote_author":"--end-session"}`},
		"mention's author":              {"/v2/send", `{` + from + `,"recipients":["` + bob + `"],"mentions":[{"start":0,"length":1,"author":"--end-session"}]}`},
		"registering":                   {"/v1/register/--help", ``},
		"unregistering":                 {"/v1/unregister/--help", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := g.post(t, c.path, c.body)
			refusedWith(t, status, answer, http.StatusBadRequest)
		})
	}
	if started := calls(t, notes); len(started) != 0 {
		t.Errorf("refused requests started %q", started)
	}

	g.send(t, map[string]any{"number": alice, "recipients": []string{bob}, "message": "--end-session",
		"quote_timestamp": 1700000000123, "quote_author": bob, "quote_message": "-a"})
	g.watchPlain(t, bob).until(func(p payload) bool {
		return p.text() == "--end-session" && p.Envelope.DataMessage.Quote != nil && p.Envelope.DataMessage.Quote.Text == "-a"
	})
	if status, answer := g.get(t, "/v1/qrcodelink/raw?device_name=--config=%2Fx"); status != http.StatusOK {
		t.Errorf("linking: %d %s", status, answer)
	}
	if status, answer := g.post(t, "/v1/register/"+alice+"/verify/--help", ``); status != http.StatusBadRequest {
		t.Errorf("devices/verify-option-like-token: %d %s", status, answer)
	}
	started := calls(t, notes)
	if len(started) < 2 {
		t.Fatalf("the calls were not noted: %q", started)
	}
	for _, argv := range started {
		for _, value := range []string{"--help", "--config=/x", "--end-session", "-a", "--attachment"} {
			if at, end := slices.Index(argv, value), slices.Index(argv, "--"); at >= 0 && (end < 0 || at < end) {
				t.Errorf("%s became an option in %q", value, argv)
			}
		}
	}
}

// What signal-cli or Java print beside the answer breaks nothing.
func TestDefect17DiagnosticsBreakNothing(t *testing.T) {
	g, _ := wrapped(t, `echo 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g' >&2
case " $* " in *" receive "*) echo 'Envelope from: unknown' ;; esac`)
	status, answer := g.get(t, "/v1/accounts")
	var accounts []string
	if err := json.Unmarshal([]byte(answer), &accounts); err != nil || status != http.StatusOK || !slices.Contains(accounts, alice) {
		t.Errorf("accounts: %d %s", status, answer)
	}
	g.send(t, text(alice, bob, "in spite of it"))
	g.watchPlain(t, bob).message("in spite of it")
}

// Each mention arrives, not the last one alone.
func TestDefect37AllMentionsAreSent(t *testing.T) {
	group := "group." + base64.StdEncoding.EncodeToString([]byte(simulator.DemoGroupID))
	for name, environ := range map[string]func(*testing.T) []string{"connection": modes["simulator"], "process": modes["normal"]} {
		t.Run(name, func(t *testing.T) {
			g := serve(t, environ(t)...)
			g.send(t, map[string]any{"number": alice, "recipients": []string{group}, "message": "X Y Z",
				"mentions":        []any{mention(0, bob), mention(2, alice), mention(4, bob)},
				"quote_timestamp": 1700000000123, "quote_author": bob, "quote_message": "A B", "quote_mentions": []any{mention(0, alice), mention(2, bob)}})
			type mentioned []struct {
				Number string
				Start  int
			}
			var received []struct {
				Envelope struct {
					DataMessage *struct {
						Mentions mentioned
						Quote    struct{ Mentions mentioned }
					}
				}
			}
			for ctx := within(t); ctx.Err() == nil; {
				status, answer := g.get(t, "/v1/receive/"+bob+"?timeout=1")
				if err := json.Unmarshal([]byte(answer), &received); err != nil || status != http.StatusOK {
					t.Fatalf("receive: %d %s", status, answer)
				}
				for _, r := range received {
					if m := r.Envelope.DataMessage; m != nil {
						want, quoted := mentioned{{bob, 0}, {alice, 2}, {bob, 4}}, mentioned{{alice, 0}, {bob, 2}}
						if !slices.Equal(m.Mentions, want) || !slices.Equal(m.Quote.Mentions, quoted) {
							t.Errorf("mentions %v and in the quote %v, want %v and %v", m.Mentions, m.Quote.Mentions, want, quoted)
						}
						return
					}
				}
			}
			t.Fatal("nothing arrives")
		})
	}
}

func mention(start int, author string) map[string]any {
	return map[string]any{"start": start, "length": 1, "author": author}
}

// A signal-cli that ends in an odd way gets its client an answer that says so.
func TestDefectsOfOddEnds(t *testing.T) {
	const hello = `{"number":"` + alice + `","recipients":["` + bob + `"],"message":"hello"}`
	for name, c := range map[string]struct {
		// ending is what the command does.
		command, ending, method, target, body string
		status                                int
	}{
		"defect 14: link that fails":              {"link", "exit 1", http.MethodGet, "/v1/qrcodelink/raw?device_name=x", "", http.StatusBadRequest},
		"defect 14: link that fails, as picture":  {"link", "exit 1", http.MethodGet, "/v1/qrcodelink?device_name=x", "", http.StatusBadRequest},
		"defect 24: send that says nothing":       {"send", "exit 0", http.MethodPost, "/v2/send", hello, http.StatusBadRequest},
		"defect 24: send that says nothing, v1":   {"send", "exit 0", http.MethodPost, "/v1/send", hello, http.StatusBadRequest},
		"defect 24: link that says nothing":       {"link", "exit 0", http.MethodGet, "/v1/qrcodelink/raw?device_name=x", "", http.StatusBadRequest},
		"defect 30: rate limit":                   {"send", "echo 'Failed to send message due to rate limiting' >&2; exit 5", http.MethodPost, "/v2/send", hello, http.StatusTooManyRequests},
		"defect 36: failure without output":       {"send", "exit 1", http.MethodPost, "/v2/send", hello, http.StatusBadRequest},
		"defect 36: unregistering without output": {"unregister", "exit 2", http.MethodPost, "/v1/unregister/" + alice, "{}", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := wrapped(t, `case " $* " in *" `+c.command+` "*) `+c.ending+` ;; esac`)
			request, err := http.NewRequestWithContext(within(t), c.method, g.url+c.target, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			status, answer := g.do(t, request)
			refusedWith(t, status, answer, c.status)
		})
	}
}

// Local data stays when unregistering failed.
func TestDefect33FailedUnregisteringDeletesNothing(t *testing.T) {
	g, notes := wrapped(t, recordCalls+`
case " $* " in *" unregister "*) echo 'Failed: timeout (SocketTimeoutException)' >&2; exit 3 ;; esac`)
	status, answer := g.post(t, "/v1/unregister/"+alice, `{"delete_local_data":true}`)
	refusedWith(t, status, answer, http.StatusBadRequest)
	if started := calls(t, notes); len(started) != 1 || !slices.Contains(started[0], "unregister") {
		t.Errorf("it ran %q, want unregister alone", started)
	}
}

// What is missing or unknown in a request is refused before signal-cli starts.
func TestDefect34MissingValuesAreRefused(t *testing.T) {
	g, notes := wrapped(t, recordCalls)
	for name, c := range map[string]struct{ method, target, body string }{
		"send_v1/missing-number":         {http.MethodPost, "/v1/send", `{"message":"hello","recipients":["` + bob + `"]}`},
		"missing number":                 {http.MethodPost, "/v2/send", `{"message":"hello","recipients":["` + bob + `"]}`},
		"empty number":                   {http.MethodPost, "/v2/send", `{"number":"","message":"hello","recipients":["` + bob + `"]}`},
		"number without +":               {http.MethodPost, "/v2/send", `{"number":"15550100001","message":"hello","recipients":["` + bob + `"]}`},
		"send_v2/empty-recipient-string": {http.MethodPost, "/v2/send", `{"number":"` + alice + `","message":"hello","recipients":[""]}`},
		"empty recipient, version 1":     {http.MethodPost, "/v1/send", `{"number":"` + alice + `","message":"hello","recipients":[""]}`},
		"empty one among recipients":     {http.MethodPost, "/v2/send", `{"number":"` + alice + `","message":"hello","recipients":["` + bob + `",""]}`},
		"empty username":                 {http.MethodPost, "/v2/send", `{"number":"` + alice + `","message":"hello","recipients":["u:"]}`},
		"no recipients":                  {http.MethodPost, "/v2/send", `{"number":"` + alice + `","message":"hello","recipients":[]}`},
		"recipients missing, version 1":  {http.MethodPost, "/v1/send", `{"number":"` + alice + `","message":"hello"}`},
		"send_v2/text-mode-unknown":      {http.MethodPost, "/v2/send", `{"number":"` + alice + `","message":"*x*","recipients":["` + bob + `"],"text_mode":"fancy"}`},
		"mention without author":         {http.MethodPost, "/v2/send", `{"number":"` + alice + `","message":"x","recipients":["` + bob + `"],"mentions":[{"start":0,"length":1}]}`},
		"sticker without number":         {http.MethodPost, "/v2/send", `{"number":"` + alice + `","recipients":["` + bob + `"],"sticker":"aabb:"}`},
		"link without device name":       {http.MethodGet, "/v1/qrcodelink/raw", ``},
		"link with an empty one":         {http.MethodGet, "/v1/qrcodelink?device_name=", ``},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(within(t), c.method, g.url+c.target, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			status, answer := g.do(t, request)
			refusedWith(t, status, answer, http.StatusBadRequest)
		})
	}
	if started := calls(t, notes); len(started) != 0 {
		t.Errorf("refused requests started %q", started)
	}
}

// Every answer is one JSON value that says what it is: errors of the body, and receiving without a WebSocket.
func TestDefect36AnswersAreJSONAndSaySo(t *testing.T) {
	for name, environ := range map[string]func(*testing.T) []string{"connection": modes["simulator"], "process": modes["normal"]} {
		t.Run(name, func(t *testing.T) {
			g := serve(t, environ(t)...)
			for target, c := range map[string]struct {
				method, body string
				status       int
			}{
				"/v2/send":                              {http.MethodPost, `{not json`, http.StatusBadRequest},
				"/v1/send":                              {http.MethodPost, `[]`, http.StatusBadRequest},
				"/v1/register/" + alice:                 {http.MethodPost, `{`, http.StatusBadRequest},
				"/v1/unregister/" + alice:               {http.MethodPost, `{"delete_account":1}`, http.StatusBadRequest},
				"/v1/receive/" + bob + "?timeout=1":     {http.MethodGet, ``, http.StatusOK},
				"/v1/receive/" + bob + "?timeout=later": {http.MethodGet, ``, http.StatusBadRequest},
			} {
				request, err := http.NewRequestWithContext(within(t), c.method, g.url+target, strings.NewReader(c.body))
				if err != nil {
					t.Fatal(err)
				}
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(response.Body)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != c.status || !json.Valid(answer) || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
					t.Errorf("%s: %d %s as %s, %v", target, response.StatusCode, answer, response.Header.Get("Content-Type"), err)
				}
				if c.status != http.StatusOK {
					refusedWith(t, response.StatusCode, string(answer), c.status)
				}
			}
		})
	}
}
