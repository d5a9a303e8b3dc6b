package first

import (
	"context"
	"errors"
)

// Of gives the first answer, and ends the others.
func Of[T any](ctx context.Context, asks ...func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan answer, len(asks))
	for _, ask := range asks {
		go func() {
			value, err := ask(ctx)
			answers <- answer{value, err}
		}()
	}
	var none T
	errs := []error{}
	for range asks {
		select {
		case one := <-answers:
			if one.err == nil {
				return one.value, nil
			}
			errs = append(errs, one.err)
		case <-ctx.Done():
			return none, ctx.Err()
		}
	}
	return none, errors.Join(errs...)
}
