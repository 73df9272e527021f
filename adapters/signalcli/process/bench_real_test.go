package process_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
	"heliograph/test/realcli"
)

// BenchmarkRealListContacts is one listContacts of the real signal-cli as its start script runs it, beside the same
// by the carrier with its flags and archive, by turns. It reports medians in seconds, CPU with that of all children:
//
//	go test ./adapters/signalcli/process -run '^$' -bench RealListContacts -benchtime 7x
func BenchmarkRealListContacts(b *testing.B) {
	rig := realcli.Start(b, realcli.Options{})
	account := domain.Account(rig.Accounts[0].Number)
	command := plainLauncher(b, rig)
	carrier := newCarrier(b, process.Options{
		Command: command, ConfigDir: rig.ConfigDir, TempDir: filepath.Join(rig.Dir, "scratch"), Grace: 5 * time.Second,
		Archive: filepath.Join(rig.Dir, "archive"),
	})
	if err := carrier.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	var plain, ours costs
	for b.Loop() {
		plain.measure(func() {
			out, err := exec.Command(command, "--config", rig.ConfigDir, "-o", "json", "-a", string(account), "listContacts").Output()
			if err != nil || !json.Valid(out) {
				b.Fatalf("listContacts: %v, %q", err, out)
			}
		})
		ours.measure(func() {
			if _, err := carrier.Call(b.Context(), signalcli.Call{Method: "listContacts", Account: account}); err != nil {
				b.Fatal(err)
			}
		})
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(plain.wall), "default-wall-s")
	b.ReportMetric(median(ours.wall), "ours-wall-s")
	b.ReportMetric(median(plain.cpu), "default-cpu-s")
	b.ReportMetric(median(ours.cpu), "ours-cpu-s")
	b.ReportMetric(median(ours.cpu)/median(plain.cpu), "cpu-ratio")
}

// plainLauncher writes a script that starts signal-cli with nothing but what leads it to the stand-in server.
func plainLauncher(t testing.TB, rig *realcli.Rig) (path string) {
	t.Helper()
	var script strings.Builder
	script.WriteString("#!/bin/sh\n")
	for _, v := range rig.Env() {
		name, value, _ := strings.Cut(v, "=")
		for _, ours := range []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable"} {
			value = strings.Replace(value, ours, "", 1)
		}
		if name == "JAVA_OPTS" {
			value += " "
		}
		fmt.Fprintf(&script, "export %s='%s'", name, value)
		if name == "JAVA_OPTS" {
			script.WriteString(`"$given"`)
		}
		script.WriteString("\n")
	}
	text := strings.Replace(script.String(), "\n", "\ngiven=${JAVA_OPTS-}\n", 1)
	text += fmt.Sprintf("exec '%s' \"$@\"\n", filepath.Join(rig.Install.Dir, "bin", "signal-cli"))
	path = filepath.Join(rig.Dir, "plain")
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// costs are what processes cost, in seconds.
type costs struct{ wall, cpu []float64 }

func (c *costs) measure(run func()) {
	cpu, began := childrenCPU(), time.Now()
	run()
	c.wall = append(c.wall, time.Since(began).Seconds())
	c.cpu = append(c.cpu, (childrenCPU() - cpu).Seconds())
}

// childrenCPU is the processor time of all children that have ended.
func childrenCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}
