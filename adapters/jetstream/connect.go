package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Times of connections.
const (
	embeddedWait   = 20 * time.Millisecond // between attempts to reach a server in this process
	elsewhereWait  = 500 * time.Millisecond
	connectTimeout = 5 * time.Second // of one attempt
)

// What servers elsewhere must be at least: they have atomic batches and lives of single messages.
const oldestMajor, oldestMinor = 2, 12

// always are the options of every connection: it comes back for ever, and keeps nothing back while it is gone, so that who
// publishes then learns at once that nothing was done.
func (s *Store) always() []nats.Option {
	log := s.options.Logger
	return []nats.Option{
		nats.Name(s.options.Prefix),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1),
		nats.IgnoreAuthErrorAbort(),
		nats.NoCallbacksAfterClientClose(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			s.linked(s.link.Load())
			s.mark()
			if err != nil {
				log.Warn("the connection to NATS was lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("NATS is reached again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("NATS reports an error", "error", err) }),
	}
}

// reach connects to servers elsewhere, and tries again until ctx ends: they may be starting too. What no waiting mends fails at once.
func (s *Store) reach(ctx context.Context) error {
	servers, options, err := s.elsewhere()
	if err != nil {
		return err
	}
	again := time.NewTicker(elsewhereWait)
	defer again.Stop()
	for {
		final, err := s.tryReach(ctx, servers, options)
		if err == nil {
			return nil
		}
		if final {
			return fmt.Errorf("NATS at %s: %w", servers, err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("NATS at %s is not reached: %w", servers, err)
		}
	}
}

// tryReach is one attempt; final says that the next one would fail in the same way.
func (s *Store) tryReach(ctx context.Context, servers string, options []nats.Option) (final bool, err error) {
	timeout := connectTimeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline))
	}
	if err := ctx.Err(); err != nil {
		return true, err
	}
	if s.conn != nil {
		s.conn.Close()
	}
	if s.conn, err = nats.Connect(servers, append(options, nats.Timeout(max(timeout, time.Millisecond)))...); err != nil {
		return errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked), err
	}
	if version := s.conn.ConnectedServerVersion(); tooOld(version) {
		return true, fmt.Errorf("the server is version %s, at least %d.%d is needed", version, oldestMajor, oldestMinor)
	}
	if s.js, err = newJetStream(s.conn); err != nil {
		return true, err
	}
	_, err = s.js.AccountInfo(ctx)
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return true, errors.New("JetStream is not enabled there")
	}
	return false, err
}

// elsewhere are the servers without anything secret, and the options to reach them.
func (s *Store) elsewhere() (servers string, options []nats.Option, err error) {
	o := s.options
	options = append(s.always(), nats.ReconnectWait(elsewhereWait))
	servers, user, err := splitURL(o.URL)
	if err != nil {
		return "", nil, err
	}
	if password, ok := user.Password(); ok {
		options = append(options, nats.UserInfo(user.Username(), password))
	} else if user != nil {
		options = append(options, nats.Token(user.Username()))
	}
	for _, file := range []string{o.CA, o.Cert, o.CertKey} {
		if _, err := os.ReadFile(file); file != "" && err != nil {
			return "", nil, fmt.Errorf("the certificates for NATS: %w", err) // which waiting would not mend
		}
	}
	if o.Credentials != "" {
		option, err := credentials(o.Credentials)
		if err != nil {
			return "", nil, err
		}
		options = append(options, option)
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if o.Cert != "" || o.CertKey != "" {
		options = append(options, nats.ClientCert(o.Cert, o.CertKey))
	}
	return servers, options, nil
}

// splitURL takes what is secret out of a list of URLs. Errors tell nothing of the list.
func splitURL(list string) (servers string, user *url.Userinfo, err error) {
	var names []string
	for text := range strings.SplitSeq(list, ",") {
		text = strings.TrimSpace(text)
		if !strings.Contains(text, "://") {
			text = "nats://" + text
		}
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" {
			return "", nil, errors.New("the URL of NATS is none")
		}
		switch {
		case user == nil && len(names) == 0:
			user = u.User
		case u.User.String() != user.String():
			return "", nil, errors.New("the URLs of NATS must name the same user")
		}
		u.User = nil
		names = append(names, u.String())
	}
	return strings.Join(names, ","), user, nil
}

// credentials reads a file of credentials: a JWT with a seed, or a seed alone.
func credentials(file string) (nats.Option, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the credentials of NATS: %w", err)
	}
	if bytes.Contains(content, []byte("NATS USER JWT")) {
		return nats.UserCredentials(file), nil
	}
	option, err := nats.NkeyOptionFromSeed(file)
	if err != nil {
		return nil, fmt.Errorf("the credentials of NATS in %s are neither a JWT with a seed nor a seed", file)
	}
	return option, nil
}

// tooOld reports whether a server of this version lacks something; versions that are not understood pass.
func tooOld(version string) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return err1 == nil && err2 == nil && (major < oldestMajor || major == oldestMajor && minor < oldestMinor)
}
