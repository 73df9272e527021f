package ports

// SocketOptions shape what a WebSocket carries.
type SocketOptions struct {
	// Events makes each frame an event with its cursor (domain.Event.AppendJSON); otherwise a frame is the bare payload.
	Events bool
	// Gaps has gaps and resets told in frames of their own.
	Gaps bool
	// Ack says what moves a named reader's place. Of others nothing is moved.
	Ack AckMode
}

// AckMode says by what a named reader on a WebSocket acknowledges.
type AckMode string

// The ways to acknowledge.
const (
	// AckNone moves the place when an event was written to the connection.
	AckNone AckMode = "none"
	// AckPong moves it when the client's WebSocket library has answered a ping that followed the event.
	AckPong AckMode = "pong"
	// AckExplicit moves it when the client says so in a text frame.
	AckExplicit AckMode = "explicit"
)

// AckModes lists them all.
func AckModes() []AckMode { return []AckMode{AckNone, AckPong, AckExplicit} }
