package observe

import (
	"io"
	"sync"
	"time"
)

const (
	// gatherFor is how long a line may wait. A program that is killed loses what waits.
	gatherFor = time.Second
	// gatherMost is how much waits at most, in bytes.
	gatherMost = 64 << 10
)

// writer gathers lines: a system call for each would cost more than the line. It needs no goroutine while nothing is written.
type writer struct {
	to io.Writer

	mu      sync.Mutex
	waiting []byte
	late    *time.Timer // flushes what waits; nil before the first line
	armed   bool
}

// Write implements io.Writer. What cannot be written is lost: there is nobody to tell.
func (w *writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, line...)
	switch {
	case len(w.waiting) >= gatherMost:
		w.flushLocked()
	case w.late == nil:
		w.late, w.armed = time.AfterFunc(gatherFor, w.flush), true
	case !w.armed:
		w.late.Reset(gatherFor)
		w.armed = true
	}
	return len(line), nil
}

func (w *writer) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flushLocked()
}

func (w *writer) flushLocked() {
	w.armed = false
	if len(w.waiting) > 0 {
		_, _ = w.to.Write(w.waiting) // see Write
		w.waiting = w.waiting[:0]
	}
}
