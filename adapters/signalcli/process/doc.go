// Package process carries calls to signal-cli by one process each (`normal`: the Java program, `native`: the GraalVM
// binary): a signalcli.Carrier and Linker, a ports.Poller and a ports.Backend.
//
// signal-cli locks the files of an account, and a second process waits for them without limit. So the calls of one
// account wait for their turn here, in a bounded queue in which polls stand behind all calls, and only so many processes
// run at once; past that callers get Unavailable with a time to come back. A caller that stops waiting starts nothing. A call without an
// account makes signal-cli load all of them, so it has its turn alone. A poll that a call waits for ends early.
//
// The command line is made of the same parameters that JSON-RPC would carry, in forms that signal-cli cannot take
// for something else; what has no such form is Invalid. Message texts go through standard input.
//
// Each process has a group of its own and a time limit, which ends the group. When the context of a read ends, its process
// ends; a call with an effect is given some seconds to finish, since half a group message helps nobody, and its caller
// is told OutcomeUnknown at once. What a process leaves in its temporary directory is removed behind it. Close ends everything.
package process
