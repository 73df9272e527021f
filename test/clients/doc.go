// Package clients drives published clients of the REST gateway signal-cli-rest-api
// against Heliograph on the simulator: the programs that people point at such a
// gateway, unchanged, from their registries.
//
// install.sh puts them into build/clients at pinned versions. The tests start the
// built gateway, let a client act for one demo account and look at what arrived at
// another one, by server-sent events; what the client itself got back must be what
// it expects. Each client is driven by a small script of ours that carries calls by
// lines, so that the cases stand here.
//
// README.md says which client calls what.
package clients
