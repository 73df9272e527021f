package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// globalNames are the parameters that are no command's own.
var globalNames = map[string]bool{
	"command": true, "account": true, "config": true, "output": true, "verbose": true, "log-file": true,
	"scrub-log": true, "dbus": true, "dbus-system": true, "bus-name": true, "global-dbus": true,
	"global-dbus-system": true, "global-bus-name": true, "service-environment": true,
	"trust-new-identities": true, "disable-send-log": true,
}

// camelCase is the JSON-RPC name of a command line name.
func camelCase(name string) string {
	var out strings.Builder
	upper := false
	for _, r := range name {
		if r == '-' {
			upper = true
			continue
		}
		if upper {
			r = unicode.ToUpper(r)
			upper = false
		}
		out.WriteRune(r)
	}
	return out.String()
}

// requestParams are the command's own parameters in JSON-RPC's form.
func (in *invocation) requestParams() map[string]any {
	out := map[string]any{}
	for name, value := range in.params {
		if !globalNames[name] {
			out[camelCase(name)] = value
		}
	}
	return out
}

// single carries out a command that is one request.
func (in *invocation) single(ctx context.Context) error {
	params := in.requestParams()
	if fromStdin, _ := params["messageFromStdin"].(bool); fromStdin {
		text, err := io.ReadAll(in.stdin)
		if err != nil {
			return userError("Failed to read message from stdin: %v", err)
		}
		params["message"] = strings.ToValidUTF8(string(text), "\uFFFD")
	}
	delete(params, "messageFromStdin")
	h := hello{Lenient: true}
	switch methods[in.command].kind {
	case registration:
		if in.account == "" {
			return userError("No account given, you need to specify an account (phone number) with -a")
		}
		params["account"] = in.account
	case multiLocal:
		unlock, err := in.lockAll(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	case both:
		if in.account == "" {
			break
		}
		fallthrough
	default:
		unlock, err := in.chooseAccount(ctx)
		if err != nil {
			return err
		}
		defer unlock()
		h.Account = in.account
	}
	l, err := in.dial(ctx, h)
	if err != nil {
		return err
	}
	defer l.Close()
	result, err := l.request(ctx, in.command, params)
	if err != nil {
		return err
	}
	in.print(result)
	return nil
}

// chooseAccount settles which account a command is for and takes its lock.
func (in *invocation) chooseAccount(ctx context.Context) (unlock func(), err error) {
	numbers, err := in.listAccounts(ctx)
	if err != nil {
		return nil, err
	}
	if in.account == "" {
		switch len(numbers) {
		case 0:
			return nil, userError("No local users found, you first need to register or link an account")
		case 1:
			in.account = numbers[0]
		default:
			return nil, userError("Multiple users found, you need to specify an account (phone number) with -a")
		}
	}
	unlock, err = lockAccounts(ctx, in.configDir, []string{in.account}, in.stderr)
	if err != nil {
		return nil, err
	}
	// The account may have gone while another process had it.
	if err := in.checkRegistered(ctx); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

func (in *invocation) checkRegistered(ctx context.Context) error {
	l, err := in.dial(ctx, hello{Account: in.account})
	if err != nil {
		return err
	}
	defer l.Close()
	if _, err := l.request(ctx, "version", nil); err != nil {
		return userError("User %s is not registered.", in.account)
	}
	return nil
}

// listAccounts asks for the accounts of the folder.
func (in *invocation) listAccounts(ctx context.Context) ([]string, error) {
	l, err := in.dial(ctx, hello{})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	raw, err := l.request(ctx, "listAccounts", nil)
	if err != nil {
		return nil, err
	}
	var entries []struct {
		Number string `json:"number"`
	}
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, err
	}
	var numbers []string
	for _, e := range entries {
		numbers = append(numbers, e.Number)
	}
	return numbers, nil
}

func (in *invocation) lockAll(ctx context.Context) (unlock func(), err error) {
	numbers, err := in.listAccounts(ctx)
	if err != nil {
		return nil, err
	}
	return lockAccounts(ctx, in.configDir, numbers, in.stderr)
}

// receive prints payloads as they come, until none came for the timeout or there were enough.
func (in *invocation) receive(ctx context.Context) error {
	unlock, err := in.chooseAccount(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	l, err := in.dial(ctx, hello{Account: in.account, Lenient: true})
	if err != nil {
		return err
	}
	defer l.Close()
	limit := -1
	fmt.Sscan(fmt.Sprint(in.params["max-messages"]), &limit)
	for n := 0; limit < 0 || n < limit; n++ {
		raw, err := l.request(ctx, "receive", map[string]any{"timeout": in.params["timeout"], "maxMessages": 1})
		if err != nil {
			return err
		}
		var payloads []json.RawMessage
		if err := json.Unmarshal(raw, &payloads); err != nil {
			return err
		}
		if len(payloads) == 0 {
			return nil
		}
		in.printPayload(payloads[0])
	}
	return nil
}

// linkDevice prints a link URI and waits until it is scanned.
func (in *invocation) linkDevice(ctx context.Context) error {
	if in.account != "" {
		return userError("You cannot specify a account (phone number) when linking")
	}
	l, err := in.dial(ctx, hello{})
	if err != nil {
		return err
	}
	defer l.Close()
	raw, err := l.request(ctx, "startLink", nil)
	if err != nil {
		return err
	}
	var start struct{ DeviceLinkURI string }
	if err := json.Unmarshal(raw, &start); err != nil {
		return err
	}
	fmt.Fprintln(in.stdout, start.DeviceLinkURI)
	params := map[string]any{"deviceLinkUri": start.DeviceLinkURI}
	if name, ok := in.params["name"]; ok {
		params["deviceName"] = name
	}
	raw, err = l.request(ctx, "finishLink", params)
	if err != nil {
		return err
	}
	var done struct{ Number string }
	if err := json.Unmarshal(raw, &done); err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "Associated with: %s\n", done.Number)
	return nil
}
