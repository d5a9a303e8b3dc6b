package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Client asks a service.
type Client struct {
	base *url.URL
	http *http.Client
}

// New gives a client for a service.
func New(base string) (*Client, error) {
	parsed, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("parsing the address: %w", err)
	}
	return &Client{base: parsed, http: &http.Client{Timeout: 10 * time.Second}}, nil
}

// Get reads one object.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, nil, into)
}

// Post sends one object.
func (c *Client) Post(ctx context.Context, path string, value, into any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, bytes.NewReader(data), into)
}

func (c *Client) do(ctx context.Context, method, path string, body io.Reader, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(path).String(), body)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("asking: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 512)) // only for the message
		return fmt.Errorf("got %s: %s", response.Status, text)
	}
	return json.NewDecoder(response.Body).Decode(into)
}
