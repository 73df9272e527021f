package wire_test

import (
	"strings"
	"testing"

	"heliograph/test/smalldisk"
)

// While the disk is full nothing is lost, and readiness and a metric say so; afterwards all goes on by itself.
func TestFullDiskIsSeenAndLosesNothing(t *testing.T) {
	dir := smalldisk.Child(t, 64<<20)
	if dir == "" {
		return
	}
	l := live(t, t.TempDir(), "HELIOGRAPH_DATA_DIR="+dir)
	empty := smalldisk.Fill(t, dir, 2<<20)
	l.until("/metrics", func(m string) bool { return strings.Contains(m, "heliograph_store_writable_bool 0") })
	l.send("while it is full")
	l.until("/readyz", func(r string) bool { return strings.Contains(r, "received messages cannot be stored") })
	if storedEvents(l.get("/metrics")) {
		t.Error("it was stored on a full disk")
	}
	empty()
	l.until("/metrics", storedEvents)
	l.until("/readyz", func(r string) bool { return strings.Contains(r, `"ready":true`) })
	l.until("/v1/receive/+15550100002?timeout=0", func(got string) bool { return strings.Contains(got, "while it is full") })
	l.die()
}
