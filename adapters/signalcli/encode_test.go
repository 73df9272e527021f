package signalcli_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

var update = flag.Bool("update", false, "write the golden files anew")

const account = domain.Account("+15550100001")

var (
	bob      = domain.Recipient{Number: "+15550100002"}
	carol    = domain.Recipient{UUID: "6d29e1af-1dbf-4cd4-8c38-e791efe01e6d"}
	dave     = domain.Recipient{Username: "dave.01"}
	pni      = domain.Recipient{UUID: "PNI:6d29e1af-1dbf-4cd4-8c38-e791efe01e6d"}
	group    = mustGroup("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	stamp    = domain.Timestamp(1700000000123)
	zero     = domain.Timestamp(0)
	toBob    = domain.Target{Recipients: []domain.Recipient{bob}}
	toGroup  = domain.Target{Recipients: []domain.Recipient{{Group: group}}}
	toPeople = domain.Target{Recipients: []domain.Recipient{bob, carol, dave, pni}}
)

func mustGroup(s string) domain.GroupID {
	id, err := domain.ParseInternalGroupID(s)
	if err != nil {
		panic(err)
	}
	return id
}

// outgoings are all that can be sent, with all that can come with it.
func outgoings(picture domain.AttachmentFile) []struct {
	name string
	out  domain.Outgoing
} {
	return []struct {
		name string
		out  domain.Outgoing
	}{
		{"text", domain.Message{Target: toBob, Text: "hello", NotifySelf: true}},
		{"text to people of all kinds", domain.Message{Target: toPeople, Text: "hello"}},
		{"text to a group", domain.Message{Target: toGroup, Text: "--config=/x\nsecond line"}},
		{"note to self", domain.Message{Target: domain.Target{NoteToSelf: true}, Text: "note", NotifySelf: true}},
		{"styles and mentions", domain.Message{Target: toBob, Text: "hi X", Styles: []domain.TextStyle{{Start: 0, Length: 2, Style: domain.Bold}},
			Mentions: []domain.Mention{{Start: 3, Length: 1, Author: bob}, {Start: 3, Length: 1, Author: dave}}}},
		{"quote", domain.Message{Target: toBob, Text: "hello", Quote: &domain.Quote{Timestamp: &stamp, Author: bob, Text: "the original",
			Mentions: []domain.Mention{{Start: 0, Length: 1, Author: carol}}, Styles: []domain.TextStyle{{Start: 0, Length: 3, Style: domain.Spoiler}},
			Attachments: []domain.QuoteAttachment{{ContentType: "image/png", FileName: "a.png", Preview: picture}, {ContentType: "text/plain"}}}}},
		{"quote with a zero timestamp", domain.Message{Target: toBob, Text: "hello", Quote: &domain.Quote{Timestamp: &zero}}},
		{"attachments", domain.Message{Target: toBob, Attachments: []domain.AttachmentFile{picture, picture}, ViewOnce: true, VoiceNote: true, NoUrgent: true}},
		{"sticker", domain.Message{Target: toBob, Sticker: &domain.StickerRef{PackID: "abcdef", ID: 3}}},
		{"link preview", domain.Message{Target: toBob, Text: "see https://example.org/a", Preview: &domain.LinkPreview{
			URL: "https://example.org/a", Title: "Title", Description: "About it", Image: &picture}}},
		{"edit", domain.Message{Target: toBob, Text: "hello", Edit: &stamp}},
		{"edit with a zero timestamp", domain.Message{Target: toBob, Text: "hello", Edit: &zero}},
		{"answer to a story", domain.Message{Target: toBob, Text: "nice", Story: &domain.StoryRef{Timestamp: stamp, Author: bob}}},
		{"end of session", domain.Message{Target: toBob, EndSession: true}},
		{"reaction", domain.Reaction{Target: toBob, Emoji: "👍", TargetAuthor: bob, TargetTimestamp: stamp}},
		{"reaction taken off", domain.Reaction{Target: toGroup, Emoji: "👍", TargetAuthor: dave, TargetTimestamp: stamp, Remove: true, Story: true, NotifySelf: true}},
		{"receipt", domain.Receipt{Recipient: bob, Type: domain.ReceiptViewed, TargetTimestamps: []domain.Timestamp{stamp, 5}}},
		{"receipt to a username", domain.Receipt{Recipient: dave, Type: domain.ReceiptRead, TargetTimestamps: []domain.Timestamp{stamp}}},
		{"typing", domain.TypingIndicator{Target: toPeople}},
		{"typing to self", domain.TypingIndicator{Target: domain.Target{NoteToSelf: true}}},
		{"typing stopped in a group", domain.TypingIndicator{Target: toGroup, Stop: true}},
		{"remote delete", domain.RemoteDelete{Target: toBob, TargetTimestamp: stamp}},
		{"poll", domain.Poll{Target: toGroup, Question: "Fruit?", Options: []string{"apple", "--single"}, Single: true, NotifySelf: true}},
		{"vote", domain.Vote{Target: toBob, PollAuthor: carol, PollTimestamp: stamp, Options: []int{0, 2}, Count: 1, NotifySelf: true}},
		{"vote withdrawn", domain.Vote{Target: toBob, PollAuthor: carol, PollTimestamp: stamp, Count: 2}},
		{"end of a poll", domain.PollEnd{Target: toBob, PollTimestamp: stamp, NotifySelf: true}},
		{"pin", domain.Pin{Target: toBob, TargetAuthor: bob, TargetTimestamp: stamp, DurationSeconds: -1}},
		{"unpin", domain.Unpin{Target: toBob, TargetAuthor: bob, TargetTimestamp: stamp}},
		{"admin delete", domain.AdminDelete{Group: group, TargetAuthor: bob, TargetTimestamp: stamp, Story: true, NotifySelf: true}},
		{"story", domain.Story{Attachment: picture, NoReplies: true}},
		{"story to a group", domain.Story{Attachment: picture, Group: group}},
		{"payment notification", domain.PaymentNotification{Recipient: bob, Receipt: "AAAA", Note: "thanks"}},
		{"message request accepted", domain.MessageRequestResponse{Target: toBob, Accept: true}},
		{"message request deleted", domain.MessageRequestResponse{Target: toGroup}},
	}
}

func TestEveryOutgoingBecomesOneCall(t *testing.T) {
	picture := domain.AttachmentFile{Path: "/spool/1/picture.png", FileName: "picture.png", ContentType: "image/png", Size: 3}
	var got bytes.Buffer
	for _, tc := range outgoings(picture) {
		s := &script{answer: `{"timestamp":1700000000123,"results":[]}`}
		if _, err := signalcli.New(s, signalcli.Options{SharedDisk: true}).Send(t.Context(), account, tc.out); err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if len(s.calls) != 1 || s.calls[0].Account != account || !s.calls[0].Effect {
			t.Errorf("%s: got calls %v", tc.name, s.calls)
			continue
		}
		fmt.Fprintf(&got, "# %s\n%s\n", tc.name, s.calls[0].Method)
		for _, p := range s.calls[0].Params {
			fmt.Fprintf(&got, "  %s%s: %#v\n", p.Name, []string{"", " (positional)", " (stdin)", " (word)"}[p.Form], p.Value)
		}
	}
	golden := filepath.Join("testdata", "calls.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("calls differ (-want +got):\n%s", diff)
	}
}

func TestAttachmentsTravelAsDataURIsWithoutASharedDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		file domain.AttachmentFile
		want string
	}{
		"named":           {domain.AttachmentFile{Path: path, FileName: "a b.png", ContentType: "image/png"}, "data:image/png;filename=a b.png;base64,YWJj"},
		"without a name":  {domain.AttachmentFile{Path: path, ContentType: "image/png"}, "data:image/png;filename=upload;base64,YWJj"},
		"without a type":  {domain.AttachmentFile{Path: path, FileName: "a"}, "data:application/octet-stream;filename=a;base64,YWJj"},
		"misleading name": {domain.AttachmentFile{Path: path, FileName: "a;base64,xx", ContentType: "x/y"}, "data:x/y;filename=a_base64_xx;base64,YWJj"},
	} {
		s := &script{answer: `{"timestamp":1700000000123}`}
		client := signalcli.New(s, signalcli.Options{})
		if _, err := client.Send(t.Context(), account, domain.Message{Target: toBob, Attachments: []domain.AttachmentFile{tc.file}}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := param(s.calls[0], "attachment"); !reflect.DeepEqual(got, []string{tc.want}) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestAttachmentThatCannotBeSentIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, signalcli.MaxDataURI+1); err != nil {
		t.Fatal(err)
	}
	for file, kind := range map[string]domain.Kind{path: domain.TooLarge, path + "-missing": domain.Unavailable} {
		s := &script{}
		_, err := signalcli.New(s, signalcli.Options{}).Send(t.Context(), account,
			domain.Message{Target: toBob, Attachments: []domain.AttachmentFile{{Path: file}}})
		if domain.KindOf(err) != kind || len(s.calls) != 0 {
			t.Errorf("got %v, %d calls; want %v", err, len(s.calls), kind)
		}
		if kind == domain.TooLarge && !strings.Contains(domain.DetailOf(err), fmt.Sprint(signalcli.MaxDataURI)) {
			t.Errorf("the limit is not named: %v", err)
		}
		if strings.Contains(domain.DetailOf(err), path) {
			t.Errorf("a path of ours is in the detail: %v", err)
		}
	}
}

func param(call signalcli.Call, name string) any {
	for _, p := range call.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

func TestWhatCannotBeSentIsRefusedWithoutACall(t *testing.T) {
	for name, tc := range map[string]struct {
		out  domain.Outgoing
		kind domain.Kind
	}{
		"message to nobody":        {domain.Message{Text: "x"}, domain.Invalid},
		"typing to nobody":         {domain.TypingIndicator{}, domain.Invalid},
		"reaction without emoji":   {domain.Reaction{Target: toBob, TargetAuthor: bob, TargetTimestamp: stamp}, domain.Invalid},
		"receipt to a group":       {domain.Receipt{Recipient: domain.Recipient{Group: group}, TargetTimestamps: []domain.Timestamp{stamp}}, domain.Invalid},
		"receipt for nothing":      {domain.Receipt{Recipient: bob}, domain.Invalid},
		"poll with one option":     {domain.Poll{Target: toBob, Question: "q", Options: []string{"a"}}, domain.Invalid},
		"admin delete, no group":   {domain.AdminDelete{TargetAuthor: bob, TargetTimestamp: stamp}, domain.Invalid},
		"payment to nobody":        {domain.PaymentNotification{Receipt: "AAAA"}, domain.Invalid},
		"story from another disk":  {domain.Story{Attachment: domain.AttachmentFile{Path: "/x"}}, domain.Unsupported},
		"quoted name with a colon": {domain.Message{Target: toBob, Quote: &domain.Quote{Attachments: []domain.QuoteAttachment{{FileName: "a:/etc/passwd"}}}}, domain.Invalid},
		"nothing at all":           {nil, domain.Unsupported},
	} {
		s := &script{answer: `{"timestamp":1700000000123}`}
		_, err := signalcli.New(s, signalcli.Options{}).Send(t.Context(), account, tc.out)
		if domain.KindOf(err) != tc.kind || len(s.calls) != 0 {
			t.Errorf("%s: got %v, %d calls; want %v", name, err, len(s.calls), tc.kind)
		}
	}
}

func TestOldSignalCliIsToldByTheReleaseItNeeds(t *testing.T) {
	for name, tc := range map[string]struct {
		version string
		out     domain.Outgoing
		needs   string // empty: it is sent
	}{
		"method too new":          {"0.13.19", domain.Poll{Target: toBob, Question: "q", Options: []string{"a", "b"}}, "0.13.22"},
		"method there":            {"0.13.22", domain.Poll{Target: toBob, Question: "q", Options: []string{"a", "b"}}, ""},
		"story":                   {"0.14.5", domain.Story{}, "0.14.6"},
		"parameter too new":       {"0.13.19", domain.Message{Target: toBob, Text: "x", VoiceNote: true}, "0.14.2"},
		"newest parameter counts": {"0.14.1", domain.Message{Target: toBob, Text: "x", VoiceNote: true, NoUrgent: true}, "0.14.2"},
		"parameter not in use":    {"0.13.19", domain.Message{Target: toBob, Text: "x", NotifySelf: true}, ""},
		"reaction notify-self":    {"0.13.19", domain.Reaction{Target: toBob, Emoji: "x", TargetTimestamp: stamp, NotifySelf: true}, "0.13.22"},
		"snapshot":                {"0.14.6-SNAPSHOT", domain.Story{}, ""},
		"version unknown":         {"", domain.Story{}, ""},
		"version unreadable":      {"newest", domain.Story{}, ""},
	} {
		s := &script{answer: `{"timestamp":1700000000123}`, version: tc.version}
		_, err := signalcli.New(s, signalcli.Options{SharedDisk: true}).Send(t.Context(), account, tc.out)
		if tc.needs == "" {
			if err != nil || len(s.calls) != 1 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if domain.KindOf(err) != domain.Unsupported || !strings.Contains(domain.DetailOf(err), tc.needs) || len(s.calls) != 0 {
			t.Errorf("%s: got %v, want %s named", name, err, tc.needs)
		}
	}
}
