package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"heliograph/adapters/cli/client"
	"heliograph/domain"
)

// gateway are the flags of commands that drive a running gateway.
type gateway struct {
	URL       string `name:"url" placeholder:"URL" help:"The gateway. Default: HELIOGRAPH_URL, or http://127.0.0.1:8080."`
	TokenFile string `placeholder:"FILE" help:"File that holds the token. Default: HELIOGRAPH_TOKEN_FILE, or the token in HELIOGRAPH_TOKEN."`
}

// maxAnswerBytes bounds an answer that is read as a whole.
const maxAnswerBytes = 64 << 20

// dial makes a client of the gateway. It says nothing yet.
func (g gateway) dial(i *invocation) (*client.Client, error) {
	url := first(g.URL, i.getenv("HELIOGRAPH_URL"), "http://127.0.0.1:8080")
	token := i.getenv("HELIOGRAPH_TOKEN")
	if file := first(g.TokenFile, i.getenv("HELIOGRAPH_TOKEN_FILE")); file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, &domain.Error{Kind: domain.Invalid, Detail: "the token cannot be read", Err: err}
		}
		token = strings.TrimSpace(string(content))
	}
	authorize := func(_ context.Context, r *http.Request) error {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return nil
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 5 * time.Minute, // a call of signal-cli may take two
		DisableKeepAlives:     true,
	}
	return client.NewClient(url, client.WithRequestEditorFn(authorize), client.WithHTTPClient(&http.Client{Transport: transport}))
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// answer reads a whole answer into value. Failures of the gateway become errors of their kind.
func answer(response *http.Response, err error, value any) error {
	body, err := opened(response, err)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // it was read
	if err := json.NewDecoder(io.LimitReader(body, maxAnswerBytes)).Decode(value); err != nil {
		return &domain.Error{Kind: domain.Internal, Detail: "the answer of the gateway cannot be read", Err: err}
	}
	return nil
}

// opened gives the body of a success; the caller closes it.
func opened(response *http.Response, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, away(err)
	}
	if response.StatusCode < 300 {
		return response.Body, nil
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	var failure client.Error
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswerBytes)).Decode(&failure); err != nil || failure.Error == "" {
		return nil, domain.Errorf(domain.Internal, "", "the gateway answers %s; is it one?", response.Status)
	}
	return nil, &domain.Error{Kind: kindOf(string(failure.Code)), Detail: failure.Error}
}

// away is the error of a request that got no answer.
func away(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return &domain.Error{Kind: domain.Unavailable, Detail: "no gateway answers; is `heliograph serve` running?", Err: err}
	}
	return &domain.Error{Kind: domain.OutcomeUnknown, Detail: "the connection to the gateway ended without an answer", Err: err}
}

// kindOf is the kind of an API's code.
func kindOf(code string) domain.Kind {
	for _, kind := range domain.Kinds() {
		if kind.String() == code {
			return kind
		}
	}
	switch code {
	case "unauthorized", "forbidden":
		return domain.Invalid
	}
	return domain.Internal
}
