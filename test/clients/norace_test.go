//go:build !race

package clients_test

// raceFlag builds the gateway as the tests are built.
const raceFlag = "-race=false"
