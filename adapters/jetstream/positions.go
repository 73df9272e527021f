package jetstream

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
)

const (
	// epochKey is where a stream's metadata holds the epoch, in hexadecimal.
	epochKey = "heliograph-epoch"
	// jumpsKey is where it holds the jumps: how many are not listed any more, then the listed, with commas between.
	jumpsKey = "heliograph-jumps"
	// jump is how many positions are left out where a stream may have lost its end: more than were stored in syncInterval.
	jump = 1 << 24
	// maxJumps is how many are listed.
	maxJumps = 64
)

// positions are what a stream's sequences are to readers, who may have seen more than the stream still has: what comes after its end then must
// not stand where they believe to have been. So such an end is a jump: the positions of all that comes later are larger by that, and those
// between mean the end.
type positions struct {
	epoch domain.Epoch
	older uint64   // jumps that are not listed
	jumps []uint64 // the sequences at which the stream ended, ascending
}

// positionsOf reads a stream's metadata.
func positionsOf(info *jetstream.StreamInfo) (*positions, error) {
	epoch, err := strconv.ParseUint(info.Config.Metadata[epochKey], 16, 64)
	if err != nil || epoch == 0 {
		return nil, domain.Errorf(domain.Internal, "open the event log", "the stream %s was not made by this program", info.Config.Name)
	}
	p := &positions{epoch: domain.Epoch(epoch)}
	text := info.Config.Metadata[jumpsKey]
	if text == "" {
		return p, nil
	}
	for i, word := range strings.Split(text, ",") {
		n, err := strconv.ParseUint(word, 10, 64)
		if err != nil || i > 1 && n < p.jumps[i-2] {
			return nil, domain.Errorf(domain.Internal, "open the event log", "the metadata of the stream %s are damaged", info.Config.Name)
		}
		if i == 0 {
			p.older = n
		} else {
			p.jumps = append(p.jumps, n)
		}
	}
	return p, nil
}

// withJump is the metadata's text for these positions and one more jump, at last. Positions before the oldest that is listed are
// before all that is retained.
func (p *positions) withJump(last uint64) string {
	older, jumps := p.older, append(slices.Clone(p.jumps), last)
	if over := len(jumps) - maxJumps; over > 0 {
		older, jumps = older+uint64(over), jumps[over:]
	}
	text := strconv.FormatUint(older, 10)
	for _, at := range jumps {
		text += fmt.Sprintf(",%d", at)
	}
	return text
}

func (p *positions) equal(q *positions) bool {
	return p.epoch == q.epoch && p.older == q.older && slices.Equal(p.jumps, q.jumps)
}

// at is the position of the event with this sequence.
func (p *positions) at(seq uint64) domain.Cursor {
	before, _ := slices.BinarySearch(p.jumps, seq) // jumps at a smaller sequence
	return domain.Cursor{Epoch: p.epoch, Seq: seq + (p.older+uint64(before))*jump}
}

// after is the last position before that of the next event.
func (p *positions) after(seq uint64) domain.Cursor {
	c := p.at(seq + 1)
	c.Seq--
	return c
}

// seq is the sequence of the last event up to a position of this epoch.
func (p *positions) seq(position uint64) uint64 {
	if position < p.older*jump {
		return 0
	}
	position -= p.older * jump
	for _, at := range p.jumps {
		if position <= at {
			return position
		}
		if position <= at+jump {
			return at
		}
		position -= jump
	}
	return position
}
