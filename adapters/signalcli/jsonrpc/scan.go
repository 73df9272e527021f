package jsonrpc

import (
	"encoding/json"
	"strconv"

	"heliograph/adapters/signalcli/rawjson"
)

// frame is a line from signal-cli, cut into its members. The slices point into the line.
type frame struct {
	id, method, params, result, failure []byte
}

// parseFrame cuts a line; ok is false when it is no JSON object.
func parseFrame(line []byte) (f frame, ok bool) {
	if !json.Valid(line) {
		return frame{}, false
	}
	ok = rawjson.Members(line, func(name, value []byte) {
		switch string(name) {
		case "id":
			f.id = value
		case "method":
			f.method = value
		case "params":
			f.params = value
		case "result":
			f.result = value
		case "error":
			f.failure = value
		}
	})
	if string(f.failure) == "null" {
		f.failure = nil
	}
	return f, ok
}

// waiterID is the ID of a call of ours; 0 for any other ID.
func (f frame) waiterID() uint64 {
	if len(f.id) == 0 || f.id[0] < '1' || f.id[0] > '9' {
		return 0
	}
	id, err := strconv.ParseUint(string(f.id), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// payload finds what was received in the params of a notification, bare or wrapped; nil when it is in none of the two forms.
func payload(params []byte) (found []byte, wrapped bool) {
	var result []byte
	var hasEnvelope, hasSubscription bool
	rawjson.Members(params, func(name, value []byte) {
		switch string(name) {
		case "envelope", "exception":
			hasEnvelope = true
		case "subscription":
			hasSubscription = true
		case "result":
			result = value
		}
	})
	switch {
	case hasEnvelope:
		return params, false
	case hasSubscription && len(result) > 0 && result[0] == '{':
		return result, true
	}
	return nil, false
}
