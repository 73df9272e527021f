package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// request is one JSON-RPC request. id is its raw text; nil when there was none, so that nothing is answered.
type request struct {
	id     json.RawMessage
	method string
	params json.RawMessage
}

var jsonNull = json.RawMessage("null")

// parseLine reads the first JSON value of a line; what follows it is dropped without a word. An object is
// returned as it stands, because parseRequest reads it anyway.
func parseLine(line []byte) (json.RawMessage, *Error) {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, &Error{Code: codeParse, Message: "Empty input line"}
	}
	if nodeType(line) == "OBJECT" || json.Valid(line) {
		return line, nil
	}
	return firstValue(line)
}

func firstValue(line []byte) (json.RawMessage, *Error) {
	var first json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(line)).Decode(&first); err != nil {
		return nil, &Error{Code: codeParse, Message: fmt.Sprintf("Unrecognized token: %v", err)}
	}
	return first, nil
}

// parseRequest reads one request object. A response object gives neither request nor error when
// skipResponses is set. On error the returned id is the one to answer with.
func parseRequest(value json.RawMessage, skipResponses bool) (*request, json.RawMessage, *Error) {
	if kind := nodeType(value); kind != "OBJECT" {
		return nil, jsonNull, invalidRequest("unexpected type: %s", kind)
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(value, &fields) != nil {
		first, err := firstValue(value)
		if err != nil {
			return nil, jsonNull, err
		}
		if json.Unmarshal(first, &fields) != nil {
			return nil, jsonNull, &Error{Code: codeParse, Message: "Unrecognized token"}
		}
	}
	_, hasResult := fields["result"]
	_, hasError := fields["error"]
	if skipResponses && (hasResult || hasError) {
		return nil, nil, nil
	}
	id, hasID := fields["id"]
	if !hasID {
		id = nil
	}
	answerID := id
	if kind := nodeType(id); kind == "OBJECT" || kind == "ARRAY" {
		return nil, jsonNull, invalidRequest("Problem deserializing property 'id' (expected type: ValueNode; actual type: %s)", kind)
	}
	if answerID == nil {
		answerID = jsonNull
	}
	for key := range fields {
		switch key {
		case "jsonrpc", "method", "params", "id":
		default:
			return nil, answerID, invalidRequest("Unrecognized field %q (class org.asamk.signal.jsonrpc.JsonRpcRequest), "+
				"not marked as ignorable (4 known properties: \"method\", \"id\", \"jsonrpc\", \"params\"])", key)
		}
	}
	version, _ := scalarText(fields["jsonrpc"])
	if version != "2.0" {
		return nil, answerID, invalidRequest("only jsonrpc version 2.0 is supported")
	}
	method, ok := scalarText(fields["method"])
	if !ok {
		return nil, answerID, invalidRequest("method field must be set")
	}
	params := fields["params"]
	switch kind := nodeType(params); kind {
	case "MISSING", "NULL":
		params = nil
	case "OBJECT", "ARRAY":
	default:
		return nil, answerID, invalidRequest("Problem deserializing property 'params' (actual type: %s)", kind)
	}
	return &request{id: id, method: method, params: params}, answerID, nil
}

// nodeType names the kind of a JSON value as signal-cli's JSON library does.
func nodeType(value json.RawMessage) string {
	value = bytes.TrimLeft(value, " \t\r\n")
	if len(value) == 0 {
		return "MISSING"
	}
	switch value[0] {
	case '{':
		return "OBJECT"
	case '[':
		return "ARRAY"
	case '"':
		return "STRING"
	case 't', 'f':
		return "BOOLEAN"
	case 'n':
		return "NULL"
	default:
		return "NUMBER"
	}
}

// scalarText turns a string, number or boolean into text, as the library does for text fields.
func scalarText(value json.RawMessage) (string, bool) {
	switch nodeType(value) {
	case "STRING":
		var s string
		err := json.Unmarshal(value, &s)
		return s, err == nil
	case "NUMBER", "BOOLEAN":
		return strings.TrimSpace(string(value)), true
	default:
		return "", false
	}
}
