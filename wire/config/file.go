package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// entry is one scalar of the file.
type entry struct {
	key, text string
	line      int
}

// flatten reads a YAML file into entries, `signal_cli: {timeout: 5}` as
// "signal_cli.timeout"; a list of scalars is joined with commas.
// What is no scalar, the list of webhooks, is read apart.
func flatten(content []byte) (entries []entry, webhooks []ConfiguredWebhook, faults []string) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, nil, []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	if len(document.Content) == 0 {
		return nil, nil, nil // nothing but comments
	}
	f := flattener{seen: map[string]int{}}
	if top := document.Content[0]; top.Kind == yaml.MappingNode {
		f.mapping("", top)
	} else if top.Tag != "!!null" {
		f.faultf(top, "must be a mapping of settings")
	}
	return f.entries, f.webhooks, f.faults
}

type flattener struct {
	entries  []entry
	webhooks []ConfiguredWebhook
	faults   []string
	seen     map[string]int
}

func (f *flattener) faultf(at *yaml.Node, format string, args ...any) {
	f.faults = append(f.faults, fmt.Sprintf("line %d: ", at.Line)+fmt.Sprintf(format, args...))
}

func (f *flattener) mapping(prefix string, node *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		key := prefix + name.Value
		if line, double := f.seen[key]; double {
			f.faultf(name, "%q stands on line %d already", key, line)
			continue
		}
		f.seen[key] = name.Line
		switch value.Kind {
		case yaml.MappingNode:
			f.mapping(key+".", value)
		case yaml.ScalarNode:
			text := value.Value
			if value.Tag == "!!null" {
				text = ""
			}
			f.entries = append(f.entries, entry{key, text, name.Line})
		case yaml.SequenceNode:
			if key == webhooksKey {
				f.webhookList(value)
				continue
			}
			f.list(key, value)
		default:
			f.faultf(value, "%q must be a value", key)
		}
	}
}

func (f *flattener) list(key string, node *yaml.Node) {
	var texts []string
	for _, item := range node.Content {
		if item.Kind != yaml.ScalarNode || strings.Contains(item.Value, ",") {
			f.faultf(item, "%q must be a list of plain values", key)
			return
		}
		texts = append(texts, item.Value)
	}
	f.entries = append(f.entries, entry{key, strings.Join(texts, ","), node.Line})
}
