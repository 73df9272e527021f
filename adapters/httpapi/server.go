package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// Ports are the driving ports that the API offers over HTTP. All are required.
type Ports struct {
	Messaging    ports.Messaging
	Receiving    ports.Receiving
	Subscription ports.Subscription
	Events       ports.Events
	Accounts     ports.AccountManager
	States       ports.AccountStates
	Attachments  ports.Attachments
	Health       ports.Health
	Spool        ports.Spool
	Uploads      ports.Uploads

	// By noun, as the tags of openapi.yaml.
	Groups          ports.Groups
	GroupDirectory  ports.GroupDirectory
	Contacts        ports.Contacts
	BlockList       ports.BlockList
	Avatars         ports.Avatars
	UserDirectory   ports.UserDirectory
	Identities      ports.Identities
	AccountSettings ports.AccountSettings
	Devices         ports.Devices
	StickerPacks    ports.StickerPacks
	TrustModes      ports.TrustModes
	Capabilities    ports.Capabilities

	Webhooks          ports.Webhooks
	WebhookDeliveries ports.WebhookDeliveries
	DeadLetters       ports.DeadLetters
}

// WebSocket serves one upgrade request for reader until the connection ends. The request was let in already.
type WebSocket func(w http.ResponseWriter, r *http.Request, reader ports.Reader, options ports.SocketOptions)

// Options are what may be left out.
type Options struct {
	// Mode is what /v1/about tells: normal, native or json-rpc. Default normal.
	Mode string
	// Version is what /v1/about tells; clients want at least 0.95.0. Default "unset". From 0.101 on, /v2/send answers a list, as
	// the clients that ask for such a version expect.
	Version string
	// Tokens are those that let a request in; empty lets all in.
	Tokens []TokenHash
	// AllowedHosts are host names (without port) that the gateway is reached by, besides the names of
	// loopback and all IP addresses, which are always allowed: no web page can make a browser send a foreign
	// site's request with one. "*" allows every name.
	AllowedHosts []string
	// AllowedOrigins are origins (https://example.org) whose pages may use the gateway besides its own.
	AllowedOrigins []string
	// MaxSendBytes bounds the body of a send and of an upload, default 256 MiB.
	MaxSendBytes int64
	// MaxBodyBytes bounds every other body, default 1 MiB.
	MaxBodyBytes int64
	// WebSocket serves upgrades of /v1/receive and /v1/events; without it they are answered 501.
	WebSocket WebSocket
	// Ack is how named readers on WebSockets of /v1/receive acknowledge that do not say it. Default pong.
	Ack ports.AckMode
	// ResumeUnnamed has WebSockets of /v1/receive without a name go on where the last one of the account was. Default: they begin with what comes.
	ResumeUnnamed bool
	// CheckAccount is asked before messages of an account are given out; its error is the answer. Without it all accounts are taken
	// for known. Where each call is a process, it is asked for WebSockets and server-sent events only.
	CheckAccount func(context.Context, domain.Account) error
	// Metrics is served as /metrics; without it that is 404.
	Metrics http.Handler
	// KeepAlive is the time between two comments on idle server-sent events, default 15 s.
	KeepAlive time.Duration
	// LogLevel is what /v1/configuration shows and sets. Default: one that nobody looks at, at level info.
	LogLevel *slog.LevelVar
	// Logger gets one line a request at level debug, and panics. Default: none.
	Logger *slog.Logger
	// LetPanicsThrough leaves panics of handlers to net/http, for tests.
	LetPanicsThrough bool
}

func (o Options) withDefaults() Options {
	if o.Mode == "" {
		o.Mode = "normal"
	}
	if o.Version == "" {
		o.Version = "unset"
	}
	if o.MaxSendBytes <= 0 {
		o.MaxSendBytes = 256 << 20
	}
	if o.MaxBodyBytes <= 0 {
		o.MaxBodyBytes = 1 << 20
	}
	if o.Ack == "" {
		o.Ack = ports.AckPong
	}
	if o.KeepAlive <= 0 {
		o.KeepAlive = 15 * time.Second
	}
	if o.LogLevel == nil {
		o.LogLevel = new(slog.LevelVar)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// New makes the handler of the whole API. It may be used by any number of requests at a time.
func New(p Ports, o Options) http.Handler {
	o = o.withDefaults()
	ids := newRequestIDs()
	fail := failures{mode: o.Mode, logger: o.Logger, ids: ids}
	router := chi.NewRouter()
	router.Use(requestLog(o.Logger, ids))
	if !o.LetPanicsThrough {
		router.Use(recoverer(o.Logger, ids))
	}
	router.Use(limitBodies(o.MaxBodyBytes, o.MaxSendBytes), newGate(o).middleware, checkQuery, decodePathOnce)
	router.NotFound(redirectSlash(router))
	router.MethodNotAllowed(methodNotAllowed(router))

	sends := &sending{messaging: p.Messaging, spool: p.Spool, uploads: p.Uploads, fail: fail, listed: answersList(o.Version)}
	router.Post("/v2/send", sends.sendMessage)
	router.Post("/v1/send", sends.sendMessageV1)
	ways := streams{subscription: p.Subscription, webSocket: o.WebSocket, keepAlive: o.KeepAlive, fail: fail}
	receive := &receiving{streams: ways, receiving: p.Receiving, check: o.CheckAccount, ack: o.Ack, resumeUnnamed: o.ResumeUnnamed}
	router.Get("/v1/receive/{number}", receive.receiveMessages)
	router.Get("/v1/events", (&eventLog{streams: ways, events: p.Events, check: o.CheckAccount}).listEvents)
	files := attachments{attachments: p.Attachments, uploads: p.Uploads, fail: fail}
	router.Get("/v1/attachments/{attachment}", files.getAttachment)
	router.Head("/v1/attachments/{attachment}", files.getAttachment)
	router.Post("/v1/attachments", files.uploadAttachment)
	if o.Metrics != nil {
		router.Method(http.MethodGet, "/metrics", o.Metrics)
	}
	mountDocs(router, fail)

	strict := oas.NewStrictHandlerWithOptions(newOperations(p, o, files), []oas.StrictMiddlewareFunc{nameOperation},
		oas.StrictHTTPServerOptions{RequestErrorHandlerFunc: fail.request, ResponseErrorHandlerFunc: fail.response})
	return oas.HandlerWithOptions(strict, oas.ChiServerOptions{BaseRouter: router, ErrorHandlerFunc: fail.parameter,
		Middlewares: []oas.MiddlewareFunc{checkText}})
}

// NewServer makes a server with the limits on headers and idle connections that every listener should have.
func NewServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}
