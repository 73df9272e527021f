package process

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// MaxArgument bounds one argument of a process, in bytes (Linux: 32 pages less the final zero).
const MaxArgument = 131_071

// Arguments is the command line of call, without the program, and its standard input. Single values are
// written --option=value, which signal-cli takes for nothing else whatever the value is; lists --option v1 v2, where a
// value that begins with a dash is possible only alone; positionals come behind `--`. configDir may be empty.
// Errors: Invalid (a value that cannot be passed), TooLarge (an argument past MaxArgument), Unsupported (no such command).
func Arguments(configDir string, call signalcli.Call) (args []string, stdin string, err error) {
	if onConnectionOnly[call.Method] {
		return nil, "", domain.Errorf(domain.Unsupported, call.Method, "%s needs a connection to a signal-cli daemon", call.Method)
	}
	v := &vector{op: call.Method}
	if configDir != "" {
		v.option("--config", configDir)
	}
	v.option("--output", "json")
	if call.Account != "" {
		if _, err := domain.ParseAccount(string(call.Account)); err != nil {
			return nil, "", err
		}
		v.option("--account", string(call.Account))
	}
	v.args = append(v.args, call.Method)
	for _, p := range call.Params {
		v.param(p)
	}
	for i, word := range v.positionals {
		if i == 0 {
			v.args = append(v.args, "--")
		}
		v.add(word)
	}
	return v.args, v.stdin, v.err
}

// onConnectionOnly are the methods that are no commands.
var onConnectionOnly = map[string]bool{"startLink": true, "finishLink": true, "subscribeReceive": true,
	"unsubscribeReceive": true, "subscribeCallEvents": true, "unsubscribeCallEvents": true}

// vector is a command line in the making; err is the first fault.
type vector struct {
	op          string
	args        []string
	positionals []string
	stdin       string
	err         error
}

func (v *vector) param(p signalcli.Param) {
	name := dashed(p.Name)
	values, list := texts(p.Value)
	switch p.Form {
	case signalcli.Stdin:
		v.check(values[0])
		v.args, v.stdin = append(v.args, name+"-from-stdin"), values[0]
	case signalcli.Positional:
		v.positionals = append(v.positionals, values...)
	case signalcli.BoolValue:
		v.option(name, strconv.FormatBool(p.Value == true))
	default:
		if on, isBool := p.Value.(bool); isBool {
			if on {
				v.args = append(v.args, name)
			}
		} else if list {
			v.list(name, values)
		} else {
			v.option(name, values[0])
		}
	}
}

// option adds one value.
func (v *vector) option(name, value string) { v.add(name + "=" + value) }

// list adds the values of a list; a nil one is left out.
func (v *vector) list(name string, values []string) {
	switch {
	case values == nil:
	case len(values) == 1:
		v.option(name, values[0])
	default:
		v.args = append(v.args, name)
		for _, value := range values {
			if strings.HasPrefix(value, "-") {
				v.fault(domain.Invalid, "%s: a value that begins with - cannot be passed to signal-cli beside others", name[2:])
			}
			v.add(value)
		}
	}
}

func (v *vector) add(word string) {
	v.check(word)
	if len(word) > MaxArgument {
		v.fault(domain.TooLarge, "a value of %d bytes is too long to be passed to signal-cli, at most %d are possible", len(word), MaxArgument)
	}
	v.args = append(v.args, word)
}

// check refuses what does not come through to signal-cli as it is.
func (v *vector) check(word string) {
	if strings.IndexByte(word, 0) >= 0 {
		v.fault(domain.Invalid, "a value holds a zero byte")
	}
	if !utf8.ValidString(word) {
		v.fault(domain.Invalid, "a value is no valid UTF-8")
	}
}

func (v *vector) fault(kind domain.Kind, format string, args ...any) {
	if v.err == nil {
		v.err = domain.Errorf(kind, v.op, format, args...)
	}
}

// texts are the words of a value, and whether it is a list.
func texts(value any) (words []string, list bool) {
	switch x := value.(type) {
	case []string:
		return x, true
	case []int64:
		if x != nil {
			words = make([]string, len(x))
		}
		for i, n := range x {
			words[i] = strconv.FormatInt(n, 10)
		}
		return words, true
	case string:
		return []string{x}, false
	case int64:
		return []string{strconv.FormatInt(x, 10)}, false
	case bool:
		return []string{strconv.FormatBool(x)}, false
	}
	panic(fmt.Sprintf("a parameter of type %T", value)) // a defect of the table of operations
}

// dashed is the option of a parameter: groupId is --group-id.
func dashed(name string) string {
	var b strings.Builder
	b.WriteString("--")
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' {
			b.WriteByte('-')
			b.WriteByte(c + 'a' - 'A')
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
