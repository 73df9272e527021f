// Package config is the gateway's configuration: one Config, read from a YAML
// file, the environment and flags, each over the one before.
//
// Every setting is one row of a table (Settings): its key in the file, its
// environment variable, its default and how it is read. The same row serves all
// three sources, the output of `heliograph config` and the table in README.md.
//
// Load checks everything before anything starts and reports all faults at once:
// unknown keys of the file, unknown HELIOGRAPH_ variables, values that do not
// parse, and settings that contradict each other. What is legal but does not do
// what it may seem to do becomes a warning.
package config
