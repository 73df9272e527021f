package child

import (
	"fmt"
	"os"
	"strings"
)

// mark is the process's number, when it began, and the start of the system that counts from; empty for one that is gone.
func mark(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	const state, began = 0, 19 // of the fields behind the name, which may hold anything
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) <= began || fields[state] == "Z" || fields[state] == "X" {
		return ""
	}
	return fmt.Sprintf("%d %s %s", pid, fields[began], strings.TrimSpace(string(boot)))
}
