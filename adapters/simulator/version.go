package simulator

import (
	"strconv"
	"strings"
)

// DefaultVersion is the signal-cli release that is simulated when Options.Version is empty.
const DefaultVersion = "0.14.6"

// release is a signal-cli version as one comparable number: major, minor, patch in thousands.
type release int

// parseRelease reads "0.14.6"; parts that are no number count as zero.
func parseRelease(version string) release {
	parts := strings.SplitN(version, ".", 3)
	n := 0
	for i := range 3 {
		n *= 1000
		if i < len(parts) {
			part, _ := strconv.Atoi(parts[i])
			n += part
		}
	}
	return release(n)
}

// The releases in which something changed that the simulator follows.
const (
	release0_13_20 release = 13_020
	release0_13_21 release = 13_021
	release0_13_22 release = 13_022
	release0_13_23 release = 13_023
	release0_14_0  release = 14_000
	release0_14_1  release = 14_001
	release0_14_2  release = 14_002
	release0_14_3  release = 14_003
	release0_14_6  release = 14_006
)
