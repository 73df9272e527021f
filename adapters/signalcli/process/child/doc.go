// Package child runs signal-cli as a child process in a process group of its
// own, for package process (one a call) and package daemon (one that stays).
//
// A process and everything it started end together: Terminate asks the whole
// group with SIGTERM and kills what is left after the grace; a process that ends
// by itself takes what it left behind along. On Linux the kernel ends it when
// this program dies, however that happens. Each Process is waited for by a
// goroutine of its own, so nothing stays a zombie, and Done says when all of it is over.
//
// Standard output is read by the owner, who must read it to its end; standard
// error is read line by line here and always, so that a child never
// waits for a reader of its log.
package child
