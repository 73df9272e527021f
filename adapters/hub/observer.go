package hub

// Observer counts what happens in a hub, for metrics. Its methods are called
// concurrently, must not block, and get a reader's transport, a label from a closed set.
type Observer interface {
	ReaderOpened(transport string)
	ReaderClosed(transport string)
	// Delivered counts events that were handed over.
	Delivered(transport string, events int)
	// CatchUp counts a live reader that fell behind.
	CatchUp(transport string)
	// Gap counts a reader that lost events to retention.
	Gap(transport string)
}

type nobody struct{}

func (nobody) ReaderOpened(string)   {}
func (nobody) ReaderClosed(string)   {}
func (nobody) Delivered(string, int) {}
func (nobody) CatchUp(string)        {}
func (nobody) Gap(string)            {}
