package main

import (
	"context"
	"fmt"
	"time"
)

const retryInterval = 20 * time.Millisecond

// retry calls try until it succeeds. When the context ends first, the error
// tells the last failure too.
func retry(ctx context.Context, try func() error) error {
	ticker := time.NewTicker(retryInterval)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}
