package process

// javaOptions make the start of a Java machine cheaper, which is most of what a call costs: the plain compiler and collector, and
// what the machine learnt at its last start. Measured with signal-cli 0.13.19 (CPU for one listContacts): 7.2 s
// without, 4.3 s with the first two, 3.3 s with all.
func javaOptions(archive string) []string {
	options := []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}
	if archive != "" {
		// A missing or stale archive is made anew when the machine ends; its warnings belong to standard error.
		options = append(options, "-XX:+DisplayVMOutputToStderr", "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile="+archive)
	}
	return options
}
