// Package e2e tests the program as users run it: the built binary, real
// sockets, in every mode; against the simulator, and against the real
// signal-cli where it is installed (make signal-cli).
package e2e
