package jetstream_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"heliograph/adapters/jetstream"
	"heliograph/test/conformance/blobstest"
	"heliograph/test/conformance/keyvaluetest"
	"heliograph/test/natsserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// setting is a NATS of one of the kinds that there are.
type setting struct {
	name string
	// start gives a function that makes two stores which keep the same, fresh things.
	start func(t *testing.T) (fresh func(t testing.TB) (store, second *jetstream.Store))
}

var settings = []setting{
	{"embedded", func(*testing.T) func(testing.TB) (*jetstream.Store, *jetstream.Store) {
		return func(t testing.TB) (*jetstream.Store, *jetstream.Store) {
			s := open(t, jetstream.Options{Dir: t.TempDir()})
			return s, s // a folder has one owner
		}
	}},
	{"server", func(t *testing.T) func(testing.TB) (*jetstream.Store, *jetstream.Store) {
		return elsewhere(natsserver.Start(t, natsserver.Options{}).URL(), 1)
	}},
	{"cluster", func(t *testing.T) func(testing.TB) (*jetstream.Store, *jetstream.Store) {
		return elsewhere(natsserver.StartCluster(t, 3, natsserver.Options{}).URL(), 3)
	}},
}

var prefixes atomic.Int64

func elsewhere(url string, replicas int) func(testing.TB) (*jetstream.Store, *jetstream.Store) {
	return func(t testing.TB) (*jetstream.Store, *jetstream.Store) {
		o := jetstream.Options{URL: url, Replicas: replicas, Prefix: fmt.Sprintf("test%d", prefixes.Add(1))}
		return open(t, o), open(t, o)
	}
}

func TestKeyValue(t *testing.T) {
	for _, c := range settings {
		t.Run(c.name, func(t *testing.T) {
			fresh := c.start(t)
			server := natsserver.Start(t, natsserver.Options{})
			broken := values(t, open(t, jetstream.Options{URL: server.URL()}))
			server.Kill()
			keyvaluetest.Run(t, func(t testing.TB) keyvaluetest.Harness {
				store, second := fresh(t)
				return keyvaluetest.Harness{Store: values(t, store), Second: values(t, second), Broken: broken}
			})
		})
	}
}

func TestBlobs(t *testing.T) {
	for _, c := range settings {
		t.Run(c.name, func(t *testing.T) {
			fresh := c.start(t)
			server := natsserver.Start(t, natsserver.Options{})
			broken := blobs(t, open(t, jetstream.Options{URL: server.URL()}), jetstream.BlobsOptions{})
			server.Kill()
			blobstest.Run(t, func(t testing.TB) blobstest.Harness {
				store, second := fresh(t)
				return blobstest.Harness{
					Blobs: blobs(t, store, jetstream.BlobsOptions{}), Second: blobs(t, second, jetstream.BlobsOptions{}), Broken: broken,
				}
			})
		})
	}
}

func open(t testing.TB, o jetstream.Options) *jetstream.Store {
	t.Helper()
	s, err := jetstream.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func values(t testing.TB, s *jetstream.Store) *jetstream.KeyValue {
	t.Helper()
	kv, err := s.KeyValue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return kv
}

func blobs(t testing.TB, s *jetstream.Store, o jetstream.BlobsOptions) *jetstream.Blobs {
	t.Helper()
	b, err := s.Blobs(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
