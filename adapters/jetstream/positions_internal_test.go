package jetstream

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
	"pgregory.net/rapid"

	"heliograph/domain"
)

func metadata(jumps string) *jetstream.StreamInfo {
	return &jetstream.StreamInfo{Config: jetstream.StreamConfig{Metadata: map[string]string{epochKey: "7", jumpsKey: jumps}}}
}

// Events' positions increase; each position means the last event up to it; the one after the last event is before the next one's.
func TestPositionsOfASequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &positions{epoch: 7, older: rapid.Uint64Range(0, 3).Draw(t, "older"), jumps: rapid.SliceOfN(rapid.Uint64Range(0, 6), 0, 4).Draw(t, "jumps")}
		slices.Sort(p.jumps)
		for seq := range uint64(8) {
			at, after, next := p.at(seq), p.after(seq), p.at(seq+1)
			if at.Epoch != 7 || at.Seq > after.Seq || after.Seq >= next.Seq {
				t.Fatalf("%+v: %d is at %v, then %v, then %v", p, seq, at, after, next)
			}
			for _, position := range []uint64{at.Seq, after.Seq, rapid.Uint64Range(at.Seq, after.Seq).Draw(t, "between")} {
				if got := p.seq(position); got != seq {
					t.Fatalf("%+v: %d means %d, not %d", p, position, got, seq)
				}
			}
		}
	})
}

func TestPositionsWithoutAJumpAreTheStreams(t *testing.T) {
	p, err := positionsOf(metadata(""))
	if err != nil || p.at(5) != (domain.Cursor{Epoch: 7, Seq: 5}) || p.after(5) != p.at(5) || p.seq(5) != 5 {
		t.Fatal(p, err)
	}
}

// After a jump what was before stays where it was, and what comes is where nobody was; also when the oldest are not listed any more.
func TestJumpsLeaveEventsWhereTheyAre(t *testing.T) {
	p, err := positionsOf(metadata(""))
	if err != nil {
		t.Fatal(err)
	}
	for last := uint64(10); last < 10+3*maxJumps; last++ {
		q, err := positionsOf(metadata(p.withJump(last)))
		if err != nil {
			t.Fatal(err)
		}
		if p.at(last) != q.at(last) || p.at(last+1).Seq+jump != q.at(last+1).Seq || len(q.jumps) > maxJumps {
			t.Fatalf("%d: %+v, then %+v", last, p, q)
		}
		p = q
	}
	if got := p.older + uint64(len(p.jumps)); got != 3*maxJumps || p.seq(5) != 0 {
		t.Fatalf("%d jumps, an old position means %d", got, p.seq(5))
	}
}

func TestDamagedMetadata(t *testing.T) {
	for _, jumps := range []string{"x", ",", "1,", "1,x", "0,5,4", "-1", " 1"} {
		if p, err := positionsOf(metadata(jumps)); domain.KindOf(err) != domain.Internal {
			t.Errorf("%q is %+v, %v", jumps, p, err)
		}
	}
	for _, jumps := range []string{"0", "2,5,5,7"} {
		p, err := positionsOf(metadata(jumps))
		if err != nil {
			t.Errorf("%q: %v", jumps, err)
		} else if n := len(p.jumps); n > 0 {
			q := &positions{epoch: 7, older: p.older, jumps: p.jumps[:n-1]}
			if got := q.withJump(p.jumps[n-1]); !cmp.Equal(got, jumps) {
				t.Errorf("%q is written as %q", jumps, got)
			}
		}
	}
}
