// Package signalcli speaks to signal-cli. Each operation is written once, as a
// typed Call (method, account, parameters), and a Carrier moves it: package
// jsonrpc over a connection, package process as one process a call. Package
// daemon starts and supervises a signal-cli to connect to.
//
// Client implements ports.Sender, ports.Accounts and ports.Backend on top of any Carrier:
//
//	carrier := jsonrpc.New(dial, receiver, jsonrpc.Options{Subscribe: true})
//	go carrier.Run(ctx) // by its owner
//	client := signalcli.New(carrier, signalcli.Options{SharedDisk: true})
//
// On a Client stand Groups, Contacts, BlockList, Avatars, UserDirectory,
// Identities, AccountSettings, Devices and StickerPacks, each its port.
// FixedTrustMode is ports.TrustModes for daemons. AttachmentDir (a shared disk)
// and RemoteAttachments (none) implement ports.Attachments.
//
// Files: methods.go is the list of all methods of signal-cli and what becomes of
// each, encode*.go turn a domain.Outgoing into a Call, ask.go makes a call of the
// other ports, errors.go is the one place that reads signal-cli's codes and texts.
// Nothing here retries, logs message text or numbers, or starts a goroutine.
package signalcli
