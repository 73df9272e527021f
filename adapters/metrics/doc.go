// Package metrics counts what the gateway does, for Prometheus.
//
// Each part is a decorator or an observer that wire puts around a port: Sender
// around ports.Sender, HTTP around the API's handler, Hub beside the
// SubscriptionHub, Receiving over what the receiving side says of itself. They
// register themselves at an injected prometheus.Registerer; nothing is global,
// and registering the same part twice at one registerer panics, at start.
//
// Names are heliograph_<part>_<what>_<unit>. Labels are from closed sets
// (operation, outcome, route, transport), never numbers, IDs or URLs.
//
// The package starts no goroutine.
package metrics
