package wsapi

//lint:file-ignore SA1019 the library is given; its successor github.com/coder/websocket has the same API

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	"nhooyr.io/websocket"
)

// socket is what a connection needs of the library, which no other file imports.
type socket struct{ conn *websocket.Conn }

// accept does the handshake. It answers the request in any case.
func (h *Handler) accept(w http.ResponseWriter, r *http.Request) (socket, *frameConn, error) {
	taken := &hijacker{ResponseWriter: w, options: h.options}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the Origin was checked before
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return socket{}, nil, err
	}
	conn.SetReadLimit(h.options.MaxMessageBytes)
	return socket{conn}, taken.frames, nil
}

// discard reads and throws away what the peer writes, until the connection ends.
func (s socket) discard(ctx context.Context) {
	for {
		_, message, err := s.conn.Reader(ctx)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, message); err != nil {
			return
		}
	}
}

// read hands each message to take, of a longer one the first maxAck bytes and one more, until the connection ends.
func (s socket) read(ctx context.Context, take func(message []byte)) {
	var buffer [maxAck + 1]byte
	for {
		_, message, err := s.conn.Reader(ctx)
		if err != nil {
			return
		}
		n, err := io.ReadFull(message, buffer[:])
		if err == nil {
			_, err = io.Copy(io.Discard, message)
		} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		if err != nil {
			return
		}
		take(buffer[:n])
	}
}

// ping writes a ping behind what was written so far, and waits until the peer's library has answered it. An error says that the
// connection has ended; so does it when ctx does.
func (s socket) ping(ctx context.Context) error { return s.conn.Ping(ctx) }

// close ends the connection at once; discard returns.
func (s socket) close() { _ = s.conn.CloseNow() }

// hijacker hands the library a frameConn in place of the connection, and small
// buffers in place of those of net/http.
type hijacker struct {
	http.ResponseWriter
	options Options
	frames  *frameConn
	refused bool
}

// WriteHeader makes the library's refusals the API's: 400 and JSON.
func (h *hijacker) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		h.refused = true
		h.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	if h.refused && status < http.StatusInternalServerError {
		status = http.StatusBadRequest
	}
	h.ResponseWriter.WriteHeader(status)
}

// Write drops the library's texts, which repeat what the client sent.
func (h *hijacker) Write(p []byte) (int, error) {
	if !h.refused {
		return h.ResponseWriter.Write(p)
	}
	_, err := h.ResponseWriter.Write([]byte(`{"error":"not a WebSocket handshake of version 13","code":"invalid"}`))
	return len(p), err
}

const (
	// readBuffer holds some frame headers; what clients write is thrown away.
	readBuffer = 512
	// writeBuffer holds any control frame, which is at most 127 bytes: so each is one Write.
	writeBuffer = 256
)

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.frames = newFrameConn(conn, h.options.WriteTimeout)
	early, err := buffers.Reader.Peek(buffers.Reader.Buffered())
	if err != nil {
		return nil, nil, err
	}
	reader := bufio.NewReaderSize(bytes.NewReader(bytes.Clone(early)), max(readBuffer, len(early)))
	if _, err := reader.Peek(len(early)); err != nil { // the library looks for it in the buffer
		return nil, nil, err
	}
	return h.frames, bufio.NewReadWriter(reader, bufio.NewWriterSize(h.frames, writeBuffer)), nil
}
