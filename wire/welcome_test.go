package wire

import (
	"net"
	"testing"
)

func TestWelcomeNamesAnAddressToTry(t *testing.T) {
	for listening, want := range map[string]string{
		"[::]:8080":      "127.0.0.1:8080",
		"0.0.0.0:8080":   "127.0.0.1:8080",
		"127.0.0.1:8080": "127.0.0.1:8080",
		"[::1]:8080":     "[::1]:8080",
		"192.0.2.1:80":   "192.0.2.1:80",
	} {
		address, err := net.ResolveTCPAddr("tcp", listening)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(address); got != want {
			t.Errorf("%s: got %s, want %s", listening, got, want)
		}
	}
}
