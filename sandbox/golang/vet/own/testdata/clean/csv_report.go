package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Row is one line.
type Row struct {
	Name  string
	Price float64
}

// Read reads rows.
func Read(in io.Reader) ([]Row, error) {
	reader := csv.NewReader(in)
	rows := []Row{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading: %w", err)
		}
		if len(record) != 2 {
			return nil, fmt.Errorf("want two fields, got %d", len(record))
		}
		price, err := strconv.ParseFloat(record[1], 64)
		if err != nil {
			return nil, fmt.Errorf("price of %q: %w", record[0], err)
		}
		rows = append(rows, Row{record[0], price})
	}
}

// Write writes rows.
func Write(out io.Writer, rows []Row) error {
	writer := csv.NewWriter(out)
	for _, row := range rows {
		if err := writer.Write([]string{row.Name, strconv.FormatFloat(row.Price, 'f', 2, 64)}); err != nil {
			return err
		}
	}
	writer.Flush()
	return writer.Error()
}
