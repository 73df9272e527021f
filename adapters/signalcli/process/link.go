package process

import (
	"bufio"
	"context"
	"strings"
	"sync"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
	"heliograph/ports"
)

// MaxLinks bounds the links that wait to be scanned at once. Each is a process that waits about 100 s.
const MaxLinks = 4

// linkLimit is for a signal-cli that does not give a link up by itself.
const linkLimit = 5 * time.Minute

const (
	linkScheme = "sgnl://"
	associated = "Associated with: "
)

// StartLink is signalcli.Linker: `link` prints the URI, waits for the phone and names the account. It holds no
// turn of the queue: linking locks no account's files.
func (c *Carrier) StartLink(ctx context.Context, deviceName string) (ports.PendingLink, error) {
	args, err := linkArguments(c.options.ConfigDir, deviceName)
	if err != nil {
		return nil, err
	}
	select {
	case c.links <- struct{}{}:
	default:
		return nil, &domain.Error{Op: "link", Kind: domain.Unavailable, Detail: "too many links wait to be scanned",
			Err: &domain.Backoff{RetryAfter: busyRetry}}
	}
	r, err := c.start(args, "", javaOptions(c.options.Archive))
	if err != nil {
		<-c.links
		return nil, withOp("link", err)
	}
	l := &link{run: r, uri: make(chan string, 1), done: make(chan struct{})}
	limit := time.AfterFunc(linkLimit, r.end)
	go func() {
		l.watch(c)
		limit.Stop()
		<-c.links
		c.runs.Done()
	}()
	select {
	case uri := <-l.uri:
		l.address = uri
		return l, nil
	case <-l.done:
		return l.over()
	case <-ctx.Done():
		r.end()
		return nil, &domain.Error{Op: "link", Kind: domain.KindOf(ctx.Err()), Detail: "the request ended before there was a link", Err: ctx.Err()}
	}
}

// over is the link of a process that ended before it was asked for its URI.
func (l *link) over() (ports.PendingLink, error) {
	select {
	case l.address = <-l.uri:
		if l.exit.Code == 0 {
			return l, nil
		}
	default:
	}
	if l.err == nil || l.exit.Code == 0 {
		return nil, domain.Errorf(domain.Backend, "link", "signal-cli gave no link")
	}
	return nil, l.err
}

// linkArguments is the command line of `link`, which knows no account and no JSON.
func linkArguments(configDir, deviceName string) ([]string, error) {
	v := &vector{op: "link"}
	if configDir != "" {
		v.option("--config", configDir)
	}
	v.args = append(v.args, "link")
	v.option("--name", deviceName)
	return v.args, v.err
}

// link is a device link in the making.
type link struct {
	run     *run
	uri     chan string
	address string
	closing sync.Once

	done    chan struct{} // closed when the process is over; the rest is set before
	exit    child.Exit
	account domain.Account
	err     error
}

// URI is ports.PendingLink.
func (l *link) URI() string { return l.address }

// Close is ports.PendingLink. It ends the process; it does not wait.
func (l *link) Close() { l.closing.Do(l.run.end) }

// Wait is ports.PendingLink.
func (l *link) Wait(ctx context.Context) (domain.Account, error) {
	select {
	case <-l.done:
		return l.account, l.err
	case <-ctx.Done():
		// The phone may confirm at any time: nothing is known but that nobody waits any more.
		return "", &domain.Error{Op: "link", Kind: domain.OutcomeUnknown, Detail: "the request ended before the link was confirmed", Err: ctx.Err()}
	}
}

// watch reads what the process prints until it ends.
func (l *link) watch(c *Carrier) {
	defer close(l.done)
	number := ""
	lines := bufio.NewScanner(l.run.process)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, linkScheme) {
			select {
			case l.uri <- line:
			default: // it was given already
			}
		}
		if n, ok := strings.CutPrefix(line, associated); ok {
			number = n
		}
	}
	if lines.Err() != nil {
		l.run.end()
		drain(l.run.process)
	}
	l.exit = l.run.wait()
	l.account, l.err = linked(l.exit, number, l.run.stderr.bytes())
	if l.exit.Terminated {
		l.err = domain.Errorf(domain.Canceled, "link", "the link was given up")
	}
	c.note("link", l.exit, l.err)
}

// linked says how a link ended.
func linked(exit child.Exit, number string, stderr []byte) (domain.Account, error) {
	call := signalcli.Call{Method: "link", Effect: true}
	if _, err := judge(call, exit, nil, stderr, nil); err != nil {
		return "", err
	}
	account, err := domain.ParseAccount(number)
	if err != nil {
		return "", &domain.Error{Op: "link", Kind: domain.Backend, Detail: "signal-cli did not name the linked account", Err: err}
	}
	return account, nil
}
