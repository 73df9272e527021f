package domain

import (
	"encoding/json"
	"math"
	"unicode/utf8"
)

// Envelope is one payload of signal-cli's receiving, `{"envelope":…,"account":…}`
// or a call event. The JSON stays as it came; reading it notes only where
// things stand, and the methods decode what is asked for. Fields that are missing or of an
// unexpected type read as the zero value.
type Envelope struct {
	json jsonScanner
	kind EventKind

	account, source, sourceNumber, sourceUUID, sourceName span
	sourceDevice, timestamp, serverReceived               span
	// destination is whom an own device sent to, in up to three forms.
	destination, destinationNumber, destinationUUID span
	// envelope is the whole, content the member of it that says what it brings, named by form.
	envelope, content, exception, text, group span
	form                                      contentForm
}

// contentForm is which member of the envelope holds its content.
type contentForm uint8

const (
	formNone contentForm = iota
	formData
	formEdit
	formStory
	formSync
	formCall
	formReceipt
	formTyping
	formCallEvent
	formReceiveError
)

// ParseEnvelope reads a payload. The Envelope shares raw, which must not be changed
// afterwards. It takes every object that is well-formed JSON in UTF-8, known
// to this gateway or not; everything else is Invalid.
func ParseEnvelope(raw []byte) (Envelope, error) {
	e := Envelope{json: jsonScanner{raw}, kind: KindOther}
	if len(raw) > math.MaxUint32 || !utf8.Valid(raw) {
		return Envelope{}, Errorf(Invalid, "", "received payload is not UTF-8, or too long")
	}
	end := e.json.space(e.json.object(0, e.scanPayload))
	if end != len(raw) {
		return Envelope{}, Errorf(Invalid, "", "received payload is not a JSON object")
	}
	e.kind = e.classify(e.kind)
	return e, nil
}

// scanPayload takes one member of the payload.
func (e *Envelope) scanPayload(key []byte, i int) int {
	switch string(key) {
	case "envelope":
		if e.json.at(i) == '{' {
			end := e.json.object(i, e.scanHeader)
			e.envelope = e.json.span(i, end)
			return end
		}
	case "account":
		return e.take(&e.account, i)
	case "exception":
		if e.json.at(i) == '{' {
			return e.take(&e.exception, i)
		}
	case "callId":
		if e.form == formNone {
			e.form = formCallEvent
		}
	case "error":
		if e.form == formNone && e.json.at(i) == '{' {
			e.form = formReceiveError
		}
	}
	return e.json.value(i, 1)
}

// take notes the value at i in field.
func (e *Envelope) take(field *span, i int) int {
	end := e.json.value(i, 1)
	*field = e.json.span(i, end)
	return end
}

// scanHeader takes one member of the envelope.
func (e *Envelope) scanHeader(key []byte, i int) int {
	switch string(key) {
	case "source":
		return e.take(&e.source, i)
	case "sourceNumber":
		return e.take(&e.sourceNumber, i)
	case "sourceUuid":
		return e.take(&e.sourceUUID, i)
	case "sourceName":
		return e.take(&e.sourceName, i)
	case "sourceDevice":
		return e.take(&e.sourceDevice, i)
	case "timestamp":
		return e.take(&e.timestamp, i)
	case "serverReceivedTimestamp":
		return e.take(&e.serverReceived, i)
	case "dataMessage":
		return e.scanContent(formData, i, e.scanData)
	case "editMessage":
		return e.scanContent(formEdit, i, e.scanEdit)
	case "storyMessage":
		return e.scanContent(formStory, i, e.scanGroupID)
	case "syncMessage":
		return e.scanContent(formSync, i, e.scanSync)
	case "callMessage":
		return e.scanContent(formCall, i, e.skip)
	case "receiptMessage":
		return e.scanContent(formReceipt, i, e.skip)
	case "typingMessage":
		return e.scanContent(formTyping, i, e.scanGroupID)
	}
	return e.json.value(i, 1)
}

func (e *Envelope) scanContent(form contentForm, i int, member func([]byte, int) int) int {
	if e.json.at(i) != '{' {
		return e.json.value(i, 1)
	}
	end := e.json.object(i, member)
	e.form, e.content = form, e.json.span(i, end)
	return end
}

func (e *Envelope) skip(_ []byte, i int) int { return e.json.value(i, 1) }

// scanData takes one member of a data message, or of a sent message within a sync message.
func (e *Envelope) scanData(key []byte, i int) int {
	switch string(key) {
	case "message":
		return e.take(&e.text, i)
	case "groupInfo":
		return e.scanNested(i, e.scanGroupID)
	case "reaction":
		if e.json.at(i) == '{' {
			e.kind = KindReaction
		}
	case "remoteDelete", "adminDelete":
		if e.json.at(i) == '{' {
			e.kind = KindDelete
		}
	case "editMessage": // of a sent message
		return e.scanNested(i, e.scanEdit)
	case "groupId": // of a sent story
		return e.take(&e.group, i)
	}
	return e.json.value(i, 1)
}

func (e *Envelope) scanEdit(key []byte, i int) int {
	if string(key) == "dataMessage" {
		return e.scanNested(i, e.scanData)
	}
	return e.json.value(i, 1)
}

func (e *Envelope) scanSync(key []byte, i int) int {
	switch string(key) {
	case "sentMessage", "sentStoryMessage":
		return e.scanNested(i, e.scanSent)
	}
	return e.json.value(i, 1)
}

// scanSent takes one member of what an own device sent.
func (e *Envelope) scanSent(key []byte, i int) int {
	switch string(key) {
	case "destination":
		return e.take(&e.destination, i)
	case "destinationNumber":
		return e.take(&e.destinationNumber, i)
	case "destinationUuid":
		return e.take(&e.destinationUUID, i)
	}
	return e.scanData(key, i)
}

func (e *Envelope) scanGroupID(key []byte, i int) int {
	if string(key) == "groupId" {
		return e.take(&e.group, i)
	}
	return e.json.value(i, 1)
}

func (e *Envelope) scanNested(i int, member func([]byte, int) int) int {
	if e.json.at(i) != '{' {
		return e.json.value(i, 1)
	}
	return e.json.object(i, member)
}

// classify chooses the kind; data is what the data message, if any, turned out to be.
func (e *Envelope) classify(data EventKind) EventKind {
	if e.exception != (span{}) {
		return KindException
	}
	switch e.form {
	case formData:
		if data == KindOther {
			return KindMessage
		}
		return data
	case formEdit:
		return KindEdit
	case formStory:
		return KindStory
	case formSync:
		return KindSync
	case formCall:
		return KindCall
	case formReceipt:
		return KindReceipt
	case formTyping:
		return KindTyping
	case formCallEvent:
		return KindCallEvent
	case formReceiveError:
		if e.account == (span{}) && e.envelope == (span{}) {
			return KindReceiveError
		}
	}
	return KindOther
}

// Raw is the payload as it came; it must not be changed.
func (e *Envelope) Raw() json.RawMessage { return e.json.b }

// Kind says what the envelope brings.
func (e *Envelope) Kind() EventKind { return e.kind }

// Account is the account it was received for, as signal-cli names it; empty for call events.
func (e *Envelope) Account() Account { return Account(e.json.text(e.account)) }

// Source is the sender: its UUID, else what signal-cli has (number, PNI or
// username); empty where there is none.
func (e *Envelope) Source() string {
	if uuid := e.json.text(e.sourceUUID); uuid != "" {
		return uuid
	}
	return e.json.text(e.source)
}

// SourceUUID is empty when unknown.
func (e *Envelope) SourceUUID() UUID { return UUID(e.json.text(e.sourceUUID)) }

// SourceNumber is empty when the sender hides it.
func (e *Envelope) SourceNumber() Number { return Number(e.json.text(e.sourceNumber)) }

// SourceName is the sender's name as contact or in its profile.
func (e *Envelope) SourceName() string { return e.json.text(e.sourceName) }

// SourceDevice is the sender's device, 0 when unknown.
func (e *Envelope) SourceDevice() int { return int(e.json.integer(e.sourceDevice)) }

// Timestamp is the sender's; with the sender it names a message.
func (e *Envelope) Timestamp() Timestamp { return Timestamp(e.json.integer(e.timestamp)) }

// ServerReceived is when Signal's server got it.
func (e *Envelope) ServerReceived() Timestamp { return Timestamp(e.json.integer(e.serverReceived)) }

// Group is the group it was sent to, also for what own devices sent; zero for direct ones.
func (e *Envelope) Group() GroupID {
	if e.group == (span{}) {
		return GroupID{} // direct, as most are; not worth an error
	}
	group, err := ParseInternalGroupID(e.json.text(e.group))
	if err != nil {
		return GroupID{}
	}
	return group
}

// SentTo reports whether it is what an own device sent to person, a UUID or number.
func (e *Envelope) SentTo(person string) bool {
	for _, to := range [...]span{e.destinationUUID, e.destinationNumber, e.destination} {
		if to != (span{}) && e.json.text(to) == person {
			return person != ""
		}
	}
	return false
}

// HasText reports whether a message, an edit or what an own device sent has a text.
func (e *Envelope) HasText() bool { return e.json.first(e.text) == '"' }

// Text is that text.
func (e *Envelope) Text() string { return e.json.text(e.text) }

// Event makes an event of it that was received then and is not stored yet.
func (e *Envelope) Event(received Timestamp) Event {
	key, _ := e.Key()
	return Event{
		Account: e.Account(), Kind: e.kind, Key: key, Received: received,
		Source: e.Source(), Group: e.Group(), Payload: e.json.b,
	}
}
