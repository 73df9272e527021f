package hub_test

import (
	"context"
	"fmt"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// A reader gets what is in the log already, then what comes.
func ExampleSubscriptionHub() {
	log := memlog.New(memlog.Options{})
	subscriptions := hub.New(log, hub.Options{})

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- subscriptions.Run(ctx) }()

	receive := func(text string) {
		_ = log.Append(ctx, []*domain.Event{{Account: "+15550100001", Kind: domain.KindMessage, Payload: []byte(text)}})
	}
	receive("before")

	stream, err := subscriptions.Subscribe(ctx, ports.Reader{
		Transport: "websocket",
		Filter:    domain.Filter{Account: "+15550100001"},
		From:      domain.Oldest,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	events := make([]*domain.Event, 16) // Next fills in as many as are ready
	for _, text := range []string{"after", "later", ""} {
		n, err := stream.Next(ctx, events)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, e := range events[:n] {
			fmt.Printf("%s\n", e.Payload)
		}
		if text != "" {
			receive(text)
		}
	}
	stream.Stop()

	cancel()
	<-ended
	_, err = subscriptions.Subscribe(context.Background(), ports.Reader{})
	fmt.Println(domain.KindOf(err))
	// Output:
	// before
	// after
	// later
	// unavailable
}
