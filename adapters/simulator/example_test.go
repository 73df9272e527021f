package simulator_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"heliograph/adapters/simulator"
)

// A bot under test receives for one account and hears what another says.
func Example() {
	sim := simulator.New(simulator.Options{})
	defer sim.Close()

	bot := sim.Pipe()
	defer bot.Close()
	lines := bufio.NewReader(bot)
	_, _ = io.WriteString(bot, `{"jsonrpc":"2.0","method":"subscribeReceive","params":{"account":"+15550100002"},"id":1}`+"\n")
	answer, _ := lines.ReadString('\n')
	fmt.Print(answer)

	_, _ = sim.Say("+15550100001", "+15550100002", "ping")
	heard, _ := lines.ReadString('\n')
	fmt.Println(strings.Contains(heard, `"message":"ping"`))
	// Output:
	// {"jsonrpc":"2.0","result":0,"id":1}
	// true
}
