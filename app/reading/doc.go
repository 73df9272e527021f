// Package reading is the use case of those who read what was received, and come back.
//
// Service is a Subscription around another one, the hub's, that knows named readers: how far each came stands in a
// KeyValue, in the space "readers" under its name, and nowhere else. So a name outlives connections, gateways, and,
// where the store does, restarts; gateways on one store share it. A named reader costs one small value and no goroutine.
//
// What is promised of a name, whatever happens in between: its place is remembered when Ack returns; it never moves
// backwards within an epoch; it moves to nothing that was not handed out; and the next reader of the name gets everything
// behind it. So a reader that acknowledges what it has dealt with gets each event at least once within retention, and is
// told where retention was faster.
//
// Acks of one name that come at once are joined: one of them stores the furthest of all. At most one is being stored by a gateway.
//
// Service also answers single requests (ports.Events). It starts no goroutine and needs no end. Errors are those of EventLog,
// KeyValue and the Subscription within.
package reading
