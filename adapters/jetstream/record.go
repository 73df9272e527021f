package jetstream

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"heliograph/domain"
)

// A message of the log holds one event. Its subject is
//
//	PREFIX.events.ACCOUNT.KIND.BODY
//
// where ACCOUNT is a hash of the account and BODY says whether the payload is in the message (`i`) or a blob (`b`). The
// event's key is the message's Nats-Msg-Id. Its data is a version, flags, the time it was received, and account, kind, source and group, each
// behind its length; the rest is the payload, or the name of the blob.

// subjects makes the names that a store with this prefix listens to.
type subjects struct{ prefix string }

func (s subjects) of(e *domain.Event, blob bool) string {
	return s.prefix + ".events." + accountToken(e.Account) + "." + string(e.Kind) + "." + bodyToken(blob)
}

func (s subjects) all() string { return s.prefix + ".events.*.*.*" }

func (s subjects) ofAccount(account domain.Account) string {
	return s.prefix + ".events." + accountToken(account) + ".*.*"
}

func (s subjects) blobsOf(account domain.Account) string {
	return s.prefix + ".events." + accountToken(account) + ".*." + bodyToken(true)
}

// matching is a subject that all events have which pass the filter, and others perhaps; empty for all.
func (s subjects) matching(f domain.Filter) string {
	account, kind := "*", "*"
	if f.Account != "" {
		account = accountToken(f.Account)
	}
	if len(f.Kinds) == 1 {
		kind = string(f.Kinds[0])
	}
	if account == "*" && kind == "*" {
		return ""
	}
	return s.prefix + ".events." + account + "." + kind + ".*"
}

// forgotten is where gateways tell one another of accounts that were forgotten.
func (s subjects) forgotten() string { return s.prefix + ".forgotten" }

// accountToken stands for an account in subjects: numbers of people are no names of streams.
func accountToken(account domain.Account) string {
	sum := sha256.Sum256([]byte("account|" + account))
	return hex.EncodeToString(sum[:12])
}

func bodyToken(blob bool) string {
	if blob {
		return "b"
	}
	return "i"
}

const (
	recordVersion = 1
	// recordOverhead is more than a message has besides the payload, in bytes: data, headers and subject.
	recordOverhead = 4 << 10

	flagBlob = 1
)

// appendRecord writes the data of a message. Where blob is not empty it stands for the payload.
func appendRecord(p []byte, e *domain.Event, blob string) []byte {
	flags := byte(0)
	if blob != "" {
		flags = flagBlob
	}
	p = append(p, recordVersion, flags)
	p = binary.AppendVarint(p, int64(e.Received))
	for _, field := range []string{string(e.Account), string(e.Kind), e.Source, groupField(e.Group)} {
		p = binary.AppendUvarint(p, uint64(len(field)))
		p = append(p, field...)
	}
	if blob != "" {
		return append(p, blob...)
	}
	return append(p, e.Payload...)
}

func groupField(g domain.GroupID) string {
	if g.IsZero() {
		return ""
	}
	return g.Internal()
}

var errRecord = errors.New("a message of the event log cannot be read")

// parseRecord reads what appendRecord wrote. The event's payload shares data.
func parseRecord(data []byte) (e *domain.Event, blob string, err error) {
	if len(data) < 2 || data[0] != recordVersion {
		return nil, "", errRecord
	}
	flags, rest := data[1], data[2:]
	received, n := binary.Varint(rest)
	if n <= 0 {
		return nil, "", errRecord
	}
	rest = rest[n:]
	var fields [4]string
	for i := range fields {
		length, n := binary.Uvarint(rest)
		if n <= 0 || length > uint64(len(rest)-n) {
			return nil, "", errRecord
		}
		rest = rest[n:]
		fields[i], rest = string(rest[:length]), rest[length:]
	}
	e = &domain.Event{
		Received: domain.Timestamp(received), Account: domain.Account(fields[0]), Kind: domain.EventKind(fields[1]), Source: fields[2],
	}
	if fields[3] != "" {
		if e.Group, err = domain.ParseInternalGroupID(fields[3]); err != nil {
			return nil, "", errRecord
		}
	}
	if flags&flagBlob != 0 {
		if len(rest) == 0 {
			return nil, "", errRecord
		}
		return e, string(rest), nil
	}
	e.Payload = rest
	return e, "", nil
}
