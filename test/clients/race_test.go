//go:build race

package clients_test

// raceFlag builds the gateway as the tests are built: the clients that crashed the reference would find a race here.
const raceFlag = "-race"
