package contexts

import (
	"context"
	"database/sql"
	"net/http"
	"os/exec"
	"time"
)

type worker struct {
	ctx context.Context // want `^ctxstored indicated`
	db  *sql.DB
}

func ask(ctx context.Context, address string) error {
	request, err := http.NewRequest(http.MethodGet, address, nil) // want `^ctxlost: ctx is at hand`
	if err != nil {
		return err
	}
	_, err = http.DefaultClient.Do(request)
	return err
}

func (w *worker) load(ctx context.Context) error {
	for range 3 {
		if err := w.db.Ping(); err == nil { // want `^ctxlost`
			return nil
		}
		time.Sleep(time.Second) // want `^ctxsleep indicated`
	}
	child, cancel := context.WithTimeout(context.Background(), time.Second) // want `^ctxlost: ctx is at hand, yet`
	defer cancel()
	return exec.CommandContext(child, "true").Run()
}

func serve(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	ending, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return server.Shutdown(ending)
}

func orDefault(ctx context.Context) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	return ctx
}

func start() context.Context { return context.Background() }

func without(address string) (*http.Response, error) { return http.Get(address) }
