package pack

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

const most = 64 << 20

// Pack packs.
func Pack(data []byte) ([]byte, error) {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err := writer.Write(data); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("closing: %w", err)
	}
	return out.Bytes(), nil
}

// Unpack unpacks.
func Unpack(data []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(io.LimitReader(reader, most))
}
