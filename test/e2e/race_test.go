//go:build race

package e2e_test

// raceFlag builds the program as the tests are built.
const raceFlag = "-race"
