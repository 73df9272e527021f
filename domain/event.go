package domain

import "slices"

// EventKind says what an event is about; a closed set usable as a metric's label.
type EventKind string

// The kinds of events.
const (
	KindMessage   EventKind = "message"
	KindEdit      EventKind = "edit"
	KindReaction  EventKind = "reaction"
	KindDelete    EventKind = "delete"
	KindStory     EventKind = "story"
	KindReceipt   EventKind = "receipt"
	KindTyping    EventKind = "typing"
	KindCall      EventKind = "call"
	KindSync      EventKind = "sync"
	KindException EventKind = "exception"
	// KindCallEvent is the state of a call the backend takes part in; it has no sender.
	KindCallEvent EventKind = "call_event"
	// KindAccount is a change of an account's state; it has no sender.
	KindAccount EventKind = "account"
	// KindReceiveError is a failure that the backend reported in place of a message, `{"error":…}`; it has no account and no
	// sender, so only readers of all accounts get it.
	KindReceiveError EventKind = "receive_error"
	// KindGap tells one reader that events were lost to it, see Gap. Never stored.
	KindGap EventKind = "gap"
	// KindReset tells one reader that its cursor was of another epoch and that
	// it continues at the oldest retained event. Never stored.
	KindReset EventKind = "reset"
	// KindOther is an envelope without content or of a kind that is newer than this gateway.
	KindOther EventKind = "other"
)

// EventKinds lists the kinds that are stored.
func EventKinds() []EventKind {
	return []EventKind{KindMessage, KindEdit, KindReaction, KindDelete, KindStory, KindReceipt, KindTyping, KindCall, KindSync,
		KindException, KindCallEvent, KindAccount, KindReceiveError, KindOther}
}

// EventKey identifies what was received, so that what arrives twice is stored
// once; see Envelope.Key for what goes into it.
type EventKey string

// FromBackend reports whether the backend sent what the kind is for; the rest comes from the gateway itself.
func (k EventKind) FromBackend() bool { return k != KindAccount }

// Event is what was received for an account, with its place in the log.
type Event struct {
	// Cursor is zero until the event is stored.
	Cursor  Cursor
	Account Account
	Kind    EventKind
	// Key is empty for events that are never taken for doubles.
	Key EventKey
	// Received is when the gateway got it.
	Received Timestamp
	// Source is the sender's UUID, else number; empty where there is none.
	Source string
	// Group is the conversation's group, zero for direct ones.
	Group GroupID
	// Payload is the backend's JSON, `{"envelope":…,"account":…}`, untouched; of KindAccount it is `{"account":…,"accountState":…}`.
	// It is shared between readers and must not be changed.
	Payload []byte
	// Gap is set for KindGap only.
	Gap *Gap
}

// Gap is a range of events that are gone: all after After and before Next.
type Gap struct{ After, Next Cursor }

// Filter chooses events; what is empty chooses all. Gap and reset events pass every filter.
type Filter struct {
	// Account is the one account whose events are wanted: logs and hub look it up.
	Account Account
	// Accounts are several; each event is compared with them.
	Accounts []Account
	Kinds    []EventKind
	// Senders are UUIDs or numbers. Events without a sender do not match.
	Senders []string
	// Groups are those whose events are wanted; direct ones do not match.
	Groups []GroupID
	// With is a person, by UUID or number: wanted is what they sent directly, not to a group, and what own devices sent them. Who is known by
	// the other name only does not match.
	With string
	// Backend leaves out what the gateway itself has to say (EventKind.FromBackend): clients of signal-cli know only its payloads.
	Backend bool
}

// ByAccountAlone reports whether nothing but Account chooses.
func (f Filter) ByAccountAlone() bool { return f.ByOriginAlone() && !f.Backend }

// ByOriginAlone reports whether nothing but Account and Backend choose.
func (f Filter) ByOriginAlone() bool {
	return len(f.Accounts) == 0 && len(f.Kinds) == 0 && len(f.Senders) == 0 && len(f.Groups) == 0 && f.With == ""
}

// Match reports whether e passes.
func (f Filter) Match(e *Event) bool {
	switch {
	case e.Kind == KindGap || e.Kind == KindReset:
		return true
	case f.Account != "" && f.Account != e.Account,
		f.Backend && !e.Kind.FromBackend(),
		len(f.Accounts) > 0 && !slices.Contains(f.Accounts, e.Account),
		len(f.Kinds) > 0 && !slices.Contains(f.Kinds, e.Kind),
		len(f.Groups) > 0 && !slices.Contains(f.Groups, e.Group),
		len(f.Senders) > 0 && !e.sentBy(f.Senders),
		f.With != "" && !e.between(f.With):
		return false
	}
	return true
}

// sentBy reports whether one of senders sent e: Source is the UUID where there is one, the number is in the payload then.
func (e *Event) sentBy(senders []string) bool {
	if e.Source == "" {
		return false
	}
	if slices.Contains(senders, e.Source) {
		return true
	}
	envelope, err := ParseEnvelope(e.Payload)
	return err == nil && envelope.SourceNumber() != "" && slices.Contains(senders, string(envelope.SourceNumber()))
}

// between reports whether e passed directly between the account and person.
func (e *Event) between(person string) bool {
	switch {
	case !e.Group.IsZero() || e.Source == "":
		return false
	case e.Kind != KindSync:
		return e.sentBy([]string{person})
	}
	envelope, err := ParseEnvelope(e.Payload)
	return err == nil && envelope.SentTo(person)
}
