// Package wire is the composition root: configuration in, a running gateway
// out. It alone imports adapters and app, and nothing imports it but main.
//
// Each adapter has one provider set in a file named after it (hub.go,
// httpapi.go, …); injectors.go puts them together, one injector for each way
// to reach a signal-cli; wire_gen.go is what google/wire makes of it. Gateway is
// the root component: Run starts all parts and stops them in order.
//
// google/wire is no longer maintained. The generated code does not depend on it; when it
// stops working, wire_gen.go is kept by hand.
package wire
