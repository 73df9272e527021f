package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"

	"heliograph/domain"
)

// callFailure is the error of an attempt without an answer. It is made of words of ours alone: causes name the address,
// and quote what the receiver sent, which may be an echo of the credentials or of the message.
func callFailure(ctx, attempt context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &domain.Error{Op: "webhook", Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	case attempt.Err() != nil:
		return domain.Errorf(domain.Timeout, "webhook", "no answer in time")
	case errors.Is(err, errPrivate):
		return domain.Errorf(domain.Invalid, "webhook", "it leads to an address that is not public, which is not allowed")
	}
	return domain.Errorf(domain.Unavailable, "webhook", "%s", reason(err))
}

// reason says what happened to a call.
func reason(err error) string {
	var (
		name      *net.DNSError
		operation *net.OpError
		other     x509.HostnameError
		unknown   x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		refusal   tls.AlertError
		noTLS     tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "its name is not known"
	case errors.As(err, &name):
		return "its name could not be looked up"
	case errors.As(err, &other):
		return "its certificate is for another host"
	case errors.As(err, &unknown):
		return "its certificate is signed by nobody who is trusted"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate is not valid at this time"
	case errors.As(err, &invalid):
		return "its certificate is not valid"
	case errors.As(err, &noTLS):
		return "it does not speak TLS"
	case errors.As(err, &refusal):
		return "it refused the TLS connection"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refused the connection"
	case errors.As(err, &operation) && operation.Op == "dial":
		return "it could not be reached"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "it broke the connection"
	}
	return "the connection ended without an answer that can be read"
}
