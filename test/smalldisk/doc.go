// Package smalldisk gives a test a disk of its own that is small enough to be filled: a tmpfs in a process of its own, which nobody else
// sees and which ends with it. For Linux.
package smalldisk
