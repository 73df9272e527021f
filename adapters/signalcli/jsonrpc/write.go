package jsonrpc

// maxBatch bounds what the writer takes from the queue at once, in bytes; what is still in the queue can be taken back.
const maxBatch = 64 << 10

// request is one that the writer has taken from the queue.
type request struct {
	id    uint64
	frame *[]byte
}

// writeLoop writes what is queued, as many requests in one Write as there are, until the connection is lost.
func (cn *conn) writeLoop() error {
	var batch []request
	out := make([]byte, 0, 4096)
	for {
		select {
		case <-cn.wake:
		case <-cn.lost:
			return nil
		}
		for {
			if batch = cn.take(batch[:0]); len(batch) == 0 {
				break
			}
			n, err := 0, error(nil)
			if len(batch) == 1 {
				n, err = cn.rw.Write(*batch[0].frame)
			} else {
				out = out[:0]
				for _, r := range batch {
					out = append(out, *r.frame...)
				}
				n, err = cn.rw.Write(out)
			}
			if err != nil {
				cn.unwritten(batch, n)
				return err
			}
			for _, r := range batch {
				freeFrame(r.frame)
			}
		}
	}
}

// take moves requests from the queue to batch and marks them as written.
func (cn *conn) take(batch []request) []request {
	cn.tableMu.Lock()
	defer cn.tableMu.Unlock()
	taken, size := 0, 0
	for _, w := range cn.queue {
		if w.frame != nil && cn.pending[w.id] == w {
			if size > 0 && size+w.size > maxBatch {
				break
			}
			size += w.size
			batch = append(batch, request{w.id, w.frame})
			w.frame, w.written = nil, true
		}
		taken++
	}
	rest := copy(cn.queue, cn.queue[taken:])
	clear(cn.queue[rest:])
	cn.queue = cn.queue[:rest]
	cn.queuedBytes -= size
	return batch
}

// unwritten takes the mark back from requests that are not among the first n bytes of batch in full: signal-cli cannot
// read a part of one.
func (cn *conn) unwritten(batch []request, n int) {
	cn.tableMu.Lock()
	defer cn.tableMu.Unlock()
	end := 0
	for _, r := range batch {
		end += len(*r.frame)
		if w := cn.pending[r.id]; w != nil && n < end-len("\n") {
			w.written = false
			cn.queuedBytes += w.size // as for one in the queue; the connection is lost anyway
		}
	}
}
