package jsonrpc

// maxBatch bounds what the writer takes from the queue at once, in bytes; what is still in the queue can be taken back.
const maxBatch = 64 << 10

// writeLoop writes what is queued, as many requests in one Write as there are, until the connection is lost.
func (cn *conn) writeLoop() error {
	var batch []*[]byte
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
			var err error
			if out, err = cn.writeBatch(batch, out[:0]); err != nil {
				return err
			}
		}
	}
}

// take moves requests from the queue to batch and marks them as written.
func (cn *conn) take(batch []*[]byte) []*[]byte {
	cn.tableMu.Lock()
	defer cn.tableMu.Unlock()
	taken, size := 0, 0
	for _, w := range cn.queue {
		if w.frame != nil && cn.pending[w.id] == w {
			if size > 0 && size+w.size > maxBatch {
				break
			}
			size += w.size
			batch = append(batch, w.frame)
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

// writeBatch writes the requests, joined in out where they are small, and gives their buffers back.
func (cn *conn) writeBatch(batch []*[]byte, out []byte) ([]byte, error) {
	if len(batch) == 1 {
		_, err := cn.rw.Write(*batch[0])
		freeFrame(batch[0])
		return out, err
	}
	for _, b := range batch {
		out = append(out, *b...)
		freeFrame(b)
	}
	_, err := cn.rw.Write(out)
	return out, err
}
