package jetstream_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

// numbered are the events that many adds made, as payloads.
func numbered(from, to int) (all []string) {
	for n := from; n <= to; n++ {
		all = append(all, string(message(alice, n).Payload))
	}
	return all
}

func fill(t *testing.T, log *jetstream.Log, from, to int) (last domain.Cursor) {
	t.Helper()
	for n := from; n <= to; n++ {
		e := message(alice, n)
		add(t, log, e)
		last = e.Cursor
	}
	return last
}

// cut is a folder as it was at an earlier moment of its use, as the disk has it after a power cut; under another start of the machine if wanted.
func cut(t *testing.T, dir string, anotherBoot bool) string {
	t.Helper()
	left := filepath.Join(t.TempDir(), "left")
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if anotherBoot {
		boot := note(t, left)
		boot["boot"] = "00000000-0000-0000-0000-000000000000"
		content, err := json.Marshal(boot)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(left, "boot"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return left
}

func note(t *testing.T, dir string) (boot map[string]any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "boot"))
	if err == nil {
		err = json.Unmarshal(content, &boot)
	}
	if err != nil {
		t.Fatal(err)
	}
	return boot
}

// A power cut takes the newest events, which readers had got. What comes then is passed over by none of them, and nobody gets anything twice.
func TestNothingNewIsPassedOverAfterAPowerCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, jetstream.Options{Dir: dir})
	log := openLog(t, store, jetstream.LogOptions{})
	at40 := fill(t, log, 1, 40)
	at50 := fill(t, log, 41, 50)
	left := cut(t, dir, true)
	at100 := fill(t, log, 51, 100)
	store.Close()

	var ends []domain.Cursor
	for first := 201; first <= 401; first += 100 { // again, and with nothing new between
		store = open(t, jetstream.Options{Dir: left})
		log = openLog(t, store, jetstream.LogOptions{})
		end, _, err := log.Tail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
		if first != 301 {
			fill(t, log, first, first+59)
		}
		left = cut(t, left, true)
		store.Close()
	}
	store = open(t, jetstream.Options{Dir: left})
	log = openLog(t, store, jetstream.LogOptions{})
	last := fill(t, log, 501, 501)

	news := append(append(numbered(201, 260), numbered(401, 460)...), numbered(501, 501)...)
	for name, c := range map[string]struct {
		from domain.Cursor
		want []string
	}{
		"behind":       {at40, append(numbered(41, 50), news...)},
		"at the end":   {at50, news},
		"ahead":        {at100, news},
		"far ahead":    {domain.Cursor{Epoch: at100.Epoch, Seq: at100.Seq + 1000000}, news},
		"second life":  {ends[0], news},
		"third life":   {ends[1], news[60:]},
		"fourth life":  {ends[2], news[60:]},
		"all there is": {last, nil},
	} {
		page := read(t, log, domain.Filter{}, c.from)
		if page.Reset || page.Gap != nil {
			t.Errorf("%s: %+v", name, page)
		}
		if diff := cmp.Diff(c.want, payloads(t, log, domain.Filter{}, c.from)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if end := read(t, log, domain.Filter{}, page.Next); end.Next.Seq < page.Next.Seq || page.Next.Seq < c.from.Seq {
			t.Errorf("%s: a position goes back", name)
		}
	}
	past, err := log.ReadBack(t.Context(), domain.Filter{}, at100, 1000)
	if err != nil || len(past.Events) != 50 || past.Events[0].Cursor != at50 || !past.Done {
		t.Errorf("back from a position that is gone: %d events, %v", len(past.Events), err)
	}
	if end, _, err := log.Tail(t.Context()); err != nil || end != last || end.Epoch != at100.Epoch {
		t.Errorf("the end is %v, want %v: %v", end, last, err)
	}
}

// What has lost nothing keeps its positions: a killed process, one that closed before the machine went down, one that wrote through.
func TestPositionsStayWhereNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options             jetstream.Options
		closed, anotherBoot bool
		stays               bool
	}{
		"killed":                   {stays: true},
		"closed, then a power cut": {closed: true, anotherBoot: true, stays: true},
		"written through":          {options: jetstream.Options{SyncAlways: true}, anotherBoot: true, stays: true},
		"a power cut":              {anotherBoot: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := c.options
			o.Dir = t.TempDir()
			store := open(t, o)
			log := openLog(t, store, jetstream.LogOptions{})
			before := fill(t, log, 1, 5)
			if c.closed {
				store.Close()
			}
			o.Dir = cut(t, o.Dir, c.anotherBoot)
			log = openLog(t, open(t, o), jetstream.LogOptions{})
			after := fill(t, log, 6, 6)
			if stays := after == (domain.Cursor{Epoch: before.Epoch, Seq: before.Seq + 1}); stays != c.stays || after.Epoch != before.Epoch {
				t.Errorf("%v follows %v", after, before)
			}
		})
	}
}

// That the end may be lost is remembered until a log was opened, and where the note was written by half, or is of no use, it may be too.
func TestLostEndIsNotForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, jetstream.Options{Dir: dir})
	before := fill(t, openLog(t, store, jetstream.LogOptions{}), 1, 5)
	if note(t, dir)["lost"] != false || note(t, dir)["clean"] != false {
		t.Fatal(note(t, dir))
	}
	left := cut(t, dir, true)
	open(t, jetstream.Options{Dir: left}).Close()
	if note(t, left)["lost"] != true {
		t.Fatal(note(t, left))
	}
	torn := cut(t, dir, false)
	if err := os.WriteFile(filepath.Join(torn, "boot"), []byte(`{"boot":`), 0o600); err != nil {
		t.Fatal(err)
	}
	without := cut(t, dir, false)
	if err := os.Remove(filepath.Join(without, "boot")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{left, torn, without} {
		log := openLog(t, open(t, jetstream.Options{Dir: dir}), jetstream.LogOptions{})
		if after := fill(t, log, 6, 6); after.Seq <= before.Seq+1 || after.Epoch != before.Epoch {
			t.Errorf("%v follows %v", after, before)
		}
		if note(t, dir)["lost"] != false {
			t.Error("the lost end is dealt with for ever")
		}
	}
}
