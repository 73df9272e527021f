package config

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Value is a setting as a source gave it.
type Value struct {
	Text string
	// Source names where it came from: "default", "file x.yaml, line 3", "environment, MODE", "flag".
	Source string
	Secret bool
}

// Shown is the value for people, secrets hidden.
func (v Value) Shown() string {
	if v.Secret {
		return Secret(v.Text).String()
	}
	return v.Text
}

// Value gives the value in force of a setting by its key.
func (c Config) Value(key string) Value { return c.values[key] }

// Write prints what is in force and where each value came from, as YAML that could be the file, secrets hidden.
func (c Config) Write(w io.Writer) error {
	for _, s := range settings {
		v := c.values[s.Key]
		key := s.Key + ":"
		if s.Secret && v.Text != "" {
			key = "# " + key
		}
		if _, err := fmt.Fprintf(w, "%-36s %-28s # %s\n", key, yamlText(v.Shown()), v.Source); err != nil {
			return err
		}
	}
	return nil
}

// yamlText quotes what YAML would not read back as it is.
func yamlText(s string) string {
	if s == "" {
		return `""`
	}
	if strings.ContainsAny(s, "#:\"'*[]{}&!%@`|>,\n\t") {
		return strconv.Quote(s)
	}
	return s
}
