package natsserver_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/test/natsserver"
)

// keep makes a stream on so many servers and stores a message in it.
func keep(t *testing.T, url string, replicas int) {
	t.Helper()
	js, ctx := dial(t, url)
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "things", Subjects: []string{"things"}, Replicas: replicas}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(ctx, "things", []byte("kept")); err != nil {
		t.Fatal(err)
	}
}

// kept reads the message of keep. While a cluster chooses a leader nobody answers, so it asks again.
func kept(t *testing.T, url string) {
	t.Helper()
	js, ctx := dial(t, url)
	ask := func() error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		stream, err := js.Stream(ctx, "things")
		if err != nil {
			return err
		}
		message, err := stream.GetMsg(ctx, 1)
		if err == nil && string(message.Data) != "kept" {
			t.Fatalf("%q", message.Data)
		}
		return err
	}
	for err := ask(); err != nil; err = ask() {
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

func dial(t *testing.T, url string) (jetstream.JetStream, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js, ctx
}

func TestKilledServerHasItsFilesAgain(t *testing.T) {
	s := natsserver.Start(t, natsserver.Options{})
	keep(t, s.URL(), 1)
	s.Kill()
	if _, err := nats.Connect(s.URL()); err == nil {
		t.Fatal("a killed server takes connections")
	}
	s.Restart()
	kept(t, s.URL())
}

func TestPausedServerDoesNotAnswer(t *testing.T) {
	s := natsserver.Start(t, natsserver.Options{})
	keep(t, s.URL(), 1)
	js, _ := dial(t, s.URL())
	s.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := js.AccountInfo(ctx); err == nil {
		t.Fatal("a paused server answers")
	}
	s.Resume()
	kept(t, s.URL())
}

func TestClusterGoesOnWithoutOne(t *testing.T) {
	c := natsserver.StartCluster(t, 3, natsserver.Options{})
	keep(t, c.URL(), 3)
	c.Servers[0].Kill()
	c.WaitReady()
	kept(t, c.URL())
	c.Servers[0].Restart()
	c.WaitReady()
	kept(t, c.Servers[0].URL())
}
