package clients_test

import (
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"testing"
)

// shout is a call of shoutrrr.
type shout struct {
	URL     string            `json:"url"`
	Message string            `json:"message"`
	Params  map[string]string `json:"params,omitempty"`
}

// shoutrrr starts the driver that install.sh built.
func (i installation) shoutrrr(t *testing.T) *driver {
	t.Helper()
	return drive(t, exec.CommandContext(t.Context(), filepath.Join(i.dir, "shoutrrr", "drive")))
}

// shout sends and gives what shoutrrr says of it.
func (d *driver) shout(t *testing.T, s shout) string {
	t.Helper()
	d.begin(t, s)
	return d.end(t, nil)
}

func TestShoutrrr(t *testing.T) {
	clients := installed(t)
	g := startGateway(t)
	shoutrrr := clients.shoutrrr(t)
	bobs, carols := g.inbox(t, bob), g.inbox(t, carol)
	url := "signal://" + g.host + "/" + alice + "/"

	runAll(t, []scenario{
		{"text", []string{"POST /v2/send"}, func(t *testing.T) {
			if failure := shoutrrr.shout(t, shout{URL: url + bob + "/" + carol + "?disabletls=yes", Message: "Backup done"}); failure != "" {
				t.Fatal(failure)
			}
			if got := bobs.message(t, "Backup done"); got.SourceNumber != alice {
				t.Errorf("arrived %+v", got)
			}
			carols.message(t, "Backup done")
		}},
		{"a group", []string{"POST /v2/send"}, func(t *testing.T) {
			if failure := shoutrrr.shout(t, shout{URL: url + demoGroupID + "?disabletls=yes", Message: "for all"}); failure != "" {
				t.Fatal(failure)
			}
			if got := carols.message(t, "for all").DataMessage.GroupInfo; got == nil || got.GroupID != demoGroup {
				t.Errorf("group %+v", got)
			}
		}},
		{"attachments", []string{"POST /v2/send"}, func(t *testing.T) {
			image := base64.StdEncoding.EncodeToString(png)
			call := shout{URL: url + bob + "?disabletls=yes", Message: "two graphs", Params: map[string]string{"attachments": image + ", " + image}}
			if failure := shoutrrr.shout(t, call); failure != "" {
				t.Fatal(failure)
			}
			if got := bobs.message(t, "two graphs").DataMessage.Attachments; len(got) != 2 || got[0].ContentType != "image/png" || got[1].Size != len(png) {
				t.Errorf("attachments %+v", got)
			}
		}},
		{"failure", []string{"POST /v2/send"}, func(t *testing.T) {
			failure := shoutrrr.shout(t, shout{URL: "signal://" + g.host + "/+15550109999/" + bob + "?disabletls=yes", Message: "lost"})
			if failure == "" {
				t.Error("a message from an unknown account was sent")
			}
		}},
	})
}
