// Package arch holds tests of the house itself: who may import whom, where a
// goroutine may start, that packages announce themselves. A rule that a
// program can check is checked here, on every run, so that no review has to.
package arch
