package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// ErrFinal is wrapped by errors that another try won't mend.
var ErrFinal = errors.New("final")

// Do tries until it works, the context ends or the tries are used up.
func Do(ctx context.Context, tries int, first time.Duration, try func(context.Context) error) error {
	var err error
	wait := first
	for i := range tries {
		if err = try(ctx); err == nil || errors.Is(err, ErrFinal) {
			return err
		}
		if i == tries-1 {
			break
		}
		timer := time.NewTimer(wait + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		wait *= 2
	}
	return fmt.Errorf("after %d tries: %w", tries, err)
}
