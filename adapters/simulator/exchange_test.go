package simulator_test

import (
	"testing"

	"heliograph/adapters/simulator"
)

func TestTextArrivesAndReceiptComesBack(t *testing.T) {
	c := open(t, start(t, simulator.Options{}))
	if got := string(c.ok("version", nil)); got != `{"version":"0.14.6"}` {
		t.Fatalf("version: %s", got)
	}
	if got := string(c.ok("listAccounts", nil)); got != `[{"number":"+15550100001"},{"number":"+15550100002"},{"number":"+15550100003"}]` {
		t.Fatalf("listAccounts: %s", got)
	}
	if got := string(c.ok("subscribeReceive", nil)); got != "0" {
		t.Fatalf("subscription: %s", got)
	}
	sent := decode[struct{ Timestamp float64 }](t, c.ok("send", object{"account": alice, "recipient": []string{bob}, "message": "hello ☀️ <&>"}))

	account, envelope := c.envelope()
	data := envelope["dataMessage"].(object)
	if account != bob || envelope["sourceNumber"] != alice || data["message"] != "hello ☀️ <&>" || data["timestamp"] != sent.Timestamp {
		t.Fatalf("%s got %v", account, envelope)
	}
	account, envelope = c.envelope()
	receipt := envelope["receiptMessage"].(object)
	if account != alice || receipt["isDelivery"] != true || receipt["timestamps"].([]any)[0] != sent.Timestamp {
		t.Fatalf("%s got %v", account, envelope)
	}
}
