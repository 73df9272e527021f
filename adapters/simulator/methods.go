package simulator

// methods are all methods of signal-cli, by their JSON-RPC name.
var methods = map[string]method{
	"version":      {kind: both, run: version},
	"listAccounts": {kind: multiLocal, run: locked(listAccounts)},

	"subscribeReceive":   {kind: subscribing, run: subscribeReceive},
	"unsubscribeReceive": {kind: subscribing, run: unsubscribeReceive},
	"receive":            {kind: local, run: receive, keys: receiveKeys},

	"send": {kind: local, run: send},
}
