package wire

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"heliograph/domain"
	"heliograph/wire/config"
)

// welcome tells a newcomer what runs and how to try it. Only the simulator has accounts that everybody
// knows, so only there it is printed.
func (g *Gateway) welcome(w io.Writer, address net.Addr) {
	if g.config.Mode != config.Simulator {
		return
	}
	url := "http://" + reachable(address)
	token := ""
	if g.config.Token != "" {
		token = ` -H "Authorization: Bearer $HELIOGRAPH_TOKEN"`
	}
	fmt.Fprintf(w, `
Heliograph, a Signal messenger gateway, on %s
with a Signal network in memory in place of signal-cli (MODE=simulator). Its accounts:

  %s

Copy these into another terminal:

  watch   curl -N%s -H 'Accept: text/event-stream' '%s/v1/receive/+15550100002'
  send    curl%s '%s/v2/send' -d '{"number": "+15550100001", "recipients": ["+15550100002"], "message": "Hello"}'
  health  curl%s '%s/readyz'

Ctrl-C ends it.

`, url, people(g.backend.people), token, url, token, url, token, url)
}

// reachable is an address as this machine reaches it: one that stands for all of them is no address to call.
func reachable(address net.Addr) string {
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return address.String()
}

// people indents the simulator's accounts, and shows group IDs as the API takes them.
func people(banner string) string {
	lines := strings.Split(strings.TrimSpace(banner), "\n")
	for i, line := range lines {
		rest, isGroup := strings.CutPrefix(line, "group ")
		if id, name, ok := strings.Cut(rest, " "); isGroup && ok {
			if group, err := domain.ParseInternalGroupID(id); err == nil {
				lines[i] = group.String() + " " + name
			}
		}
	}
	return strings.Join(lines, "\n  ")
}
