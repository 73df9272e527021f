package signalcli_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/realcli"
)

// The directories with the real signal-cli, as far as it answers without Signal's servers.
func TestDirectoriesOfTheRealSignalCLI(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	daemon := rig.StartDaemon(t, realcli.DaemonOptions{})
	long := &longText{arrived: make(chan string, 1), never: make(chan struct{})}
	client := signalcli.New(dialReal(t, daemon.Socket, long), signalcli.Options{SharedDisk: true})
	from, other := domain.Account(rig.Accounts[0].Number), domain.Recipient{Number: domain.Number(rig.Accounts[1].Number)}
	stranger := domain.Recipient{Number: "+15550200009"}
	p, ctx := directoriesOf(client), t.Context()
	ok := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(t *testing.T, err error, kind domain.Kind) {
		t.Helper()
		if err == nil || domain.KindOf(err) != kind {
			t.Errorf("got %v, want kind %v", err, kind)
		}
	}

	t.Run("groups", func(t *testing.T) {
		group := mustGroup(rig.Groups[0])
		find := func() domain.Group {
			t.Helper()
			all, err := p.Groups.List(ctx, from)
			ok(t, err)
			for _, g := range all {
				if g.ID == group {
					return g
				}
			}
			t.Fatal("the group is not listed")
			return domain.Group{}
		}
		if g := find(); !g.Member || len(g.Members) < 2 || g.Permissions.EditGroup == "" || g.Banned == nil {
			t.Errorf("listed as %+v", g)
		}
		want(t, p.Groups.Quit(ctx, from, group, ports.QuitOptions{}), domain.Conflict)
		want(t, p.Groups.Quit(ctx, from, mustGroup("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), ports.QuitOptions{}), domain.NotFound)
		_, err := p.Groups.Join(ctx, from, "https://signal.group/#!")
		want(t, err, domain.Invalid)
		_, err = p.Avatars.Group(ctx, from, group)
		want(t, err, domain.NotFound)
		want(t, p.Groups.Update(ctx, from, group, domain.GroupUpdate{MemberLabel: ptr("x")}), domain.Unsupported)
	})
	t.Run("contacts", func(t *testing.T) {
		get := func() domain.Contact {
			t.Helper()
			c, err := p.Contacts.Get(ctx, from, other, true)
			ok(t, err)
			return c
		}
		ok(t, p.Contacts.Update(ctx, from, other, domain.ContactUpdate{Name: ptr("-n Bob Ä"), MessageExpiration: ptr(time.Hour)}))
		if c := get(); c.Name != "-n Bob Ä" || c.MessageExpiration != time.Hour || c.Number != other.Number {
			t.Errorf("got %+v", c)
		}
		ok(t, p.Contacts.Update(ctx, from, other, domain.ContactUpdate{Name: ptr(""), MessageExpiration: ptr(time.Duration(0))}))
		if c := get(); c.Name == "-n Bob Ä" || c.MessageExpiration != 0 {
			t.Errorf("got %+v", c)
		}
		ok(t, p.BlockList.Block(ctx, from, []domain.Recipient{other}))
		if !get().Blocked {
			t.Error("not blocked")
		}
		ok(t, p.BlockList.Unblock(ctx, from, []domain.Recipient{other}))
		want(t, p.Contacts.Update(ctx, from, stranger, domain.ContactUpdate{Name: ptr("x")}), domain.Unregistered)
		_, err := p.Avatars.Contact(ctx, from, other)
		want(t, err, domain.NotFound)
		_, err = p.Contacts.List(ctx, "+15550109999", false)
		want(t, err, domain.UnknownAccount)
		ok(t, p.Contacts.Sync(ctx, from))
		ok(t, p.Contacts.Remove(ctx, from, other, ports.RemoveHide))
		if !get().Hidden {
			t.Error("not hidden")
		}
	})
	t.Run("identities", func(t *testing.T) {
		key := func() domain.Identity {
			t.Helper()
			all, err := p.Identities.List(ctx, from)
			ok(t, err)
			for _, i := range all {
				if i.Number == other.Number {
					return i
				}
			}
			t.Fatal("no key listed")
			return domain.Identity{}
		}
		want(t, p.Identities.TrustVerified(ctx, from, other, "12345"), domain.Invalid)
		ok(t, p.Identities.TrustVerified(ctx, from, other, key().SafetyNumber))
		if level := key().TrustLevel; level != domain.TrustedVerified {
			t.Errorf("level %s", level)
		}
	})
	t.Run("account", func(t *testing.T) {
		devices, err := p.Devices.List(ctx, from)
		ok(t, err)
		if len(devices) != 1 || devices[0].ID != 1 {
			t.Errorf("devices %+v", devices)
		}
		want(t, p.Devices.Remove(ctx, from, 2), domain.NotFound)
		ok(t, p.Settings.Update(ctx, from, domain.AccountUpdate{DiscoverableByNumber: ptr(false), ShareNumber: ptr(false)}))
		if _, err := p.Stickers.List(ctx, from); err != nil {
			t.Error(err)
		}
	})
	t.Run("long text becomes an attachment by itself", func(t *testing.T) {
		text := strings.Repeat("a long text. ", 1000)
		_, err := client.Send(ctx, domain.Account(other.Number), domain.Message{
			Target: domain.Target{Recipients: []domain.Recipient{{Number: from.Number()}}}, Text: text})
		ok(t, err)
		select {
		case got := <-long.arrived:
			if !strings.HasPrefix(text, got) || len(got) < 2000 {
				t.Errorf("%d bytes arrived", len(got))
			}
		case <-time.After(60 * time.Second):
			t.Error("no attachment with a text arrived")
		}
	})
}

// dialReal is a connection to a daemon, which receives for receiver.
func dialReal(t *testing.T, socket string, receiver ports.Receiver) *jsonrpc.Client {
	carrier := jsonrpc.New(func(ctx context.Context) (io.ReadWriteCloser, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}, receiver, jsonrpc.Options{Subscribe: true, ConnectWait: 30 * time.Second})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = carrier.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return carrier
}

// longText is a ports.Receiver that waits for a message with a text as attachment, and gives what is left of its text.
type longText struct {
	arrived chan string
	never   chan struct{}
}

func (l *longText) Receive(_ context.Context, payload []byte) error {
	var event struct {
		Envelope struct {
			DataMessage struct {
				Message     string
				Attachments []struct{ ContentType string }
			}
		}
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil
	}
	for _, a := range event.Envelope.DataMessage.Attachments {
		if a.ContentType == "text/x-signal-plain" {
			l.arrived <- event.Envelope.DataMessage.Message
		}
	}
	return nil
}

func (l *longText) Wanted() (bool, <-chan struct{}) { return true, l.never }
func (l *longText) Stalled() bool                   { return false }
