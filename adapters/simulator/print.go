package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// print writes a command's result: with -o json the JSON on one line, nothing for {}.
func (in *invocation) print(result json.RawMessage) {
	if string(result) == "{}" {
		return
	}
	if in.json {
		fmt.Fprintf(in.stdout, "%s\n", result)
		return
	}
	var sent struct {
		Timestamp int64        `json:"timestamp"`
		Results   []sendResult `json:"results"`
		Version   string       `json:"version"`
		GroupID   string       `json:"groupId"`
	}
	var list []struct {
		Number string `json:"number"`
	}
	switch {
	case in.command == "listAccounts" && json.Unmarshal(result, &list) == nil:
		for _, e := range list {
			fmt.Fprintf(in.stdout, "Number: %s\n", e.Number)
		}
	case json.Unmarshal(result, &sent) != nil:
		fmt.Fprintf(in.stdout, "%s\n", result)
	case sent.Version != "":
		fmt.Fprintf(in.stdout, "signal-cli %s\n", sent.Version)
	case sent.Results != nil:
		printSent(in.stdout, sent.Results)
		if sent.GroupID != "" {
			fmt.Fprintf(in.stdout, "Created new group: %q\n", sent.GroupID)
		}
		fmt.Fprintln(in.stdout, sent.Timestamp)
	default:
		fmt.Fprintf(in.stdout, "%s\n", result)
	}
}

// printSent writes the recipients that a message did not reach.
func printSent(out io.Writer, results []sendResult) {
	first := true
	for _, r := range results {
		name := "unknown"
		for _, id := range []*string{r.RecipientAddress.Username, r.RecipientAddress.UUID, r.RecipientAddress.Number} {
			if id != nil {
				name = *id
			}
		}
		text := map[string]string{
			"NETWORK_FAILURE":      "Network failure for ",
			"UNREGISTERED_FAILURE": "Unregistered user ",
			"IDENTITY_FAILURE":     "Untrusted Identity for ",
			"RATE_LIMIT_FAILURE":   "Rate limit failure for ",
		}[r.Type]
		if r.Type == success {
			continue
		}
		if first {
			fmt.Fprintln(out, "Failed to send (some) messages:")
			first = false
		}
		fmt.Fprintln(out, text+strconv.Quote(name))
	}
}

// printPayload writes one received payload.
func (in *invocation) printPayload(payload json.RawMessage) {
	if in.json {
		fmt.Fprintf(in.stdout, "%s\n", payload)
		return
	}
	var p struct {
		Envelope struct {
			Source       string `json:"source"`
			SourceName   string `json:"sourceName"`
			SourceDevice int    `json:"sourceDevice"`
			Timestamp    int64  `json:"timestamp"`
			DataMessage  *struct {
				Message   *string `json:"message"`
				GroupInfo *struct {
					GroupID string `json:"groupId"`
				} `json:"groupInfo"`
			} `json:"dataMessage"`
			ReceiptMessage *struct{} `json:"receiptMessage"`
			TypingMessage  *struct{} `json:"typingMessage"`
		} `json:"envelope"`
		Account string `json:"account"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return
	}
	e := p.Envelope
	fmt.Fprintf(in.stdout, "Envelope from: “%s” %s (device: %d) to %s\nTimestamp: %d\n", e.SourceName, e.Source, e.SourceDevice, p.Account, e.Timestamp)
	switch {
	case e.ReceiptMessage != nil:
		fmt.Fprintln(in.stdout, "Received a receipt message")
	case e.TypingMessage != nil:
		fmt.Fprintln(in.stdout, "Received a typing message")
	case e.DataMessage != nil && e.DataMessage.Message != nil:
		fmt.Fprintf(in.stdout, "Body: %s\n", *e.DataMessage.Message)
	}
	if e.DataMessage != nil && e.DataMessage.GroupInfo != nil {
		fmt.Fprintf(in.stdout, "Group info:\n  Id: %s\n", e.DataMessage.GroupInfo.GroupID)
	}
	fmt.Fprintln(in.stdout)
}
