// Package simulator is a Signal network in memory that speaks signal-cli's protocol.
//
// It is for two readers: the tests of the gateway, where it is the only stand-in for signal-cli, and
// people who write bots and want to try them without a phone. It is reached as signal-cli is: JSON-RPC
// over an in-process pipe ([Simulator.Pipe]), a TCP or Unix listener ([Simulator.Serve]), standard
// input and output ([Simulator.ServeStdio]), and as an executable with signal-cli's command line
// ([Main]), which is a thin client of a simulator on a socket in its --config folder.
//
// What it promises:
//   - Effects are real. A message sent by one account arrives at every recipient, its delivery receipt
//     comes back, a blocked sender is not heard, a group changes for all its members.
//   - Delivery is at most once and in order per account, as signal-cli's is. While nobody receives for
//     an account its messages wait at the "server" (bounded by [Options].QueueMessages).
//   - Requests of one connection run at once and are answered in any order.
//   - A connection that is not read blocks the receiving of its accounts, as it does in signal-cli; it
//     never grows memory.
//
// Shapes, codes and texts follow signal-cli 0.14.6, and 0.13.19 with [Options].Version. What is not
// simulated: encryption, the sound of calls, other devices' sync messages.
//
// A [Script] makes it misbehave on purpose: delays, changed order, cuts, stalls, doubled and broken
// answers, error codes with data.
//
// The executable reads these variables, of which the first caller of a folder's count:
// HELIOGRAPH_SIMULATOR_VERSION (release), _IDLE (how long the background process outlives its last caller,
// 60s), _AUTO_SCAN (NUMBER@DURATION, who scans link codes and when; "off"), _SCRIPT (path of a Script as JSON),
// _CAPTCHA ("required": register wants one).
//
// The caller ends each Serve function by its context and the whole simulator by [Simulator.Close];
// both return when their goroutines have ended.
package simulator
