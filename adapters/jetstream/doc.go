// Package jetstream keeps events, values and blobs in NATS JetStream: in this process, on a folder, without a port; or in servers
// elsewhere, one or a cluster.
package jetstream
