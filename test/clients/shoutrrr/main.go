// Command drive sends messages with shoutrrr. It reads one call a line from
// standard input, {"url": …, "message": …, "params": {…}}, and answers each with
// one line, {"result": null} or {"error": …}.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

type call struct {
	URL, Message string
	Params       types.Params
}

type answer struct {
	Result any    `json:"result"`
	Error  string `json:"error,omitempty"`
}

func main() {
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	for {
		var c call
		if err := in.Decode(&c); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		var a answer
		if err := send(c); err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			log.Fatal(err)
		}
	}
}

func send(c call) error {
	sender, err := shoutrrr.CreateSender(c.URL)
	if err != nil {
		return err
	}
	return errors.Join(sender.Send(c.Message, &c.Params)...)
}
