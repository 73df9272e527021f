package clients_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// notifyCall is a call of Apprise.notify.
type notifyCall struct {
	URLs   []string `json:"urls"`
	Body   string   `json:"body"`
	Format string   `json:"body_format"`
	Attach []string `json:"attach,omitempty"`
}

// notify makes Apprise deliver and demands that it says it did.
func notify(t *testing.T, apprise *driver, call notifyCall) {
	t.Helper()
	var delivered bool
	apprise.begin(t, map[string]any{"call": "notify", "args": call})
	if raised := apprise.end(t, &delivered); raised != "" || !delivered {
		t.Fatalf("delivered %v, raised %q, said:\n%s", delivered, raised, apprise.stderr)
	}
}

func TestApprise(t *testing.T) {
	clients := installed(t)
	g := startGateway(t)
	apprise := drive(t, clients.python(t, "python", "notify.py"))
	bobs, carols := g.inbox(t, bob), g.inbox(t, carol)
	url := "signal://" + g.host + "/" + alice + "/"

	runAll(t, []scenario{
		{"text", []string{"POST /v2/send"}, func(t *testing.T) {
			notify(t, apprise, notifyCall{URLs: []string{url + bob}, Body: "Disk *full* on 2 * 3 hosts", Format: "text"})
			if got := bobs.message(t, "Disk *full* on 2 * 3 hosts"); got.SourceNumber != alice || len(got.DataMessage.TextStyles) != 0 {
				t.Errorf("arrived %+v", got.DataMessage)
			}
		}},
		{"markdown", []string{"POST /v2/send"}, func(t *testing.T) {
			// Apprise writes Signal's markers and escapes the stars that are none.
			notify(t, apprise, notifyCall{URLs: []string{url + bob + "?format=markdown"}, Format: "markdown", Body: "**Disk** _full_, ~~not~~ `sda1`, 2 \\* 3"})
			got := bobs.message(t, "Disk full, not sda1, 2 * 3").DataMessage.TextStyles
			slices.SortFunc(got, func(a, b textStyle) int { return a.Start - b.Start })
			want := []textStyle{{"BOLD", 0, 4}, {"ITALIC", 5, 4}, {"STRIKETHROUGH", 11, 3}, {"MONOSPACE", 15, 4}}
			if !slices.Equal(got, want) {
				t.Errorf("styles %v, want %v", got, want)
			}
		}},
		{"two people one by one and at once", []string{"POST /v2/send"}, func(t *testing.T) {
			for query, text := range map[string]string{"": "one by one", "?batch=yes": "at once"} {
				notify(t, apprise, notifyCall{URLs: []string{url + bob + "/" + carol + query}, Body: text, Format: "text"})
				bobs.message(t, text)
				carols.message(t, text)
			}
		}},
		{"a group", []string{"POST /v2/send"}, func(t *testing.T) {
			notify(t, apprise, notifyCall{URLs: []string{url + demoGroupID}, Body: "for all", Format: "text"})
			if got := carols.message(t, "for all").DataMessage.GroupInfo; got == nil || got.GroupID != demoGroup {
				t.Errorf("group %+v", got)
			}
		}},
		{"attachments", []string{"POST /v2/send", "GET /v1/attachments/{attachment}"}, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "graph.png")
			if err := os.WriteFile(file, png, 0o600); err != nil {
				t.Fatal(err)
			}
			notify(t, apprise, notifyCall{URLs: []string{url + bob}, Body: "the graph", Format: "text", Attach: []string{file}})
			arrived := bobs.message(t, "the graph").DataMessage.Attachments
			if len(arrived) != 1 || arrived[0].ContentType != "image/png" || arrived[0].Size != len(png) {
				t.Fatalf("attachments %+v", arrived)
			}
			if got := g.fetch(t, "/v1/attachments/"+arrived[0].ID); !bytes.Equal(got, png) {
				t.Errorf("got %d bytes back, want %d", len(got), len(png))
			}
		}},
		{"failure", []string{"POST /v2/send"}, func(t *testing.T) {
			var delivered bool
			unknown := notifyCall{URLs: []string{"signal://" + g.host + "/+15550109999/" + bob}, Body: "lost", Format: "text"}
			apprise.begin(t, map[string]any{"call": "notify", "args": unknown})
			if raised := apprise.end(t, &delivered); raised != "" || delivered {
				t.Errorf("delivered %v, raised %q", delivered, raised)
			}
		}},
	})
}
