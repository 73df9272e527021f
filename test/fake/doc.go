// Package fake holds stand-ins for ports that can be told to fail. Each passes
// the suite of its port; signal-cli is stood in for by the simulator alone.
package fake
