package process

import (
	"context"
	"os"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// javaOptions make the start of a Java machine cheaper, which is most of what a call costs: the plain compiler and
// collector, and the archive of what it learnt at an earlier start. Measured with signal-cli 0.13.19 and Java 25 (CPU for one
// listContacts, BenchmarkRealListContacts): 4.3 s without, 1.5 s with all.
//
// The archive is one of class data, on every release of Java. The AOT cache of Java 25 saves the same within noise, and up to 25.0.3
// (JDK-8377932) the machine does not see that a jar of it has changed, and would run the old signal-cli after an upgrade. Of
// class data it checks every jar and its own build, and runs without where they differ.
//
// It says so on standard output, where answers are read from; so its log is off.
func javaOptions(archive string) []string {
	options := []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable"}
	if archive == "" {
		return options
	}
	if _, err := os.Stat(archive); err != nil {
		return options
	}
	return append(options, "-XX:SharedArchiveFile="+archive)
}

// Warm makes one call that changes nothing, behind all others, and has the Java machine write the archive at the end of
// it. That takes some seconds which no other call has to wait for: they use the archive that was there, and the new one from the
// moment it is complete. Called again it makes the archive fit a signal-cli or Java that came since. Errors are those of
// Call, and Unsupported where the machine writes none, as with an agent; there is nothing to be done about them but to say them.
func (c *Carrier) Warm(ctx context.Context) error {
	call := signalcli.Call{Method: "listAccounts"}
	if c.options.Archive == "" {
		_, err := c.Call(ctx, call)
		return err
	}
	fresh := c.options.Archive + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return archiveError(err)
	}
	if _, err := c.carry(ctx, call, polls, append(javaOptions(""), "-XX:ArchiveClassesAtExit="+fresh)); err != nil {
		return err
	}
	return archiveError(os.Rename(fresh, c.options.Archive))
}

func archiveError(err error) error {
	if err == nil {
		return nil
	}
	return &domain.Error{Op: "warm", Kind: domain.Unsupported, Detail: "Java keeps no archive", Err: err}
}
