// Package smalldisk gives a test a disk that it can fill: a tmpfs that nobody else sees and that ends with the test. It works on Linux, with
// the right to mount: root's, or that of a user namespace.
package smalldisk
