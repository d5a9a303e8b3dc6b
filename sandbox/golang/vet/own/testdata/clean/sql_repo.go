package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// User is one row.
type User struct {
	ID   int64
	Name string
}

// ErrNone is for users who aren't there.
var ErrNone = errors.New("no such user")

const columns = "id, name"

// Repo reads and writes users.
type Repo struct{ db *sql.DB }

// Get gives one.
func (r *Repo) Get(ctx context.Context, id int64) (User, error) {
	var user User
	err := r.db.QueryRowContext(ctx, "SELECT "+columns+" FROM users WHERE id = ?", id).Scan(&user.ID, &user.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, ErrNone
	}
	return user, err
}

// Many gives several.
func (r *Repo) Many(ctx context.Context, ids []int64) ([]User, error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "?", id
	}
	rows, err := r.db.QueryContext(ctx, "SELECT "+columns+" FROM users WHERE id IN ("+strings.Join(marks, ",")+")", args...)
	if err != nil {
		return nil, fmt.Errorf("querying: %w", err)
	}
	defer rows.Close()
	found := []User{}
	for rows.Next() {
		var user User
		if err := rows.Scan(&user.ID, &user.Name); err != nil {
			return nil, err
		}
		found = append(found, user)
	}
	return found, rows.Err()
}

// Filter finds by what is set.
func (r *Repo) Filter(ctx context.Context, name string, limit int) (*sql.Rows, error) {
	query, args := "SELECT "+columns+" FROM users WHERE 1 = 1", []any{}
	if name != "" {
		query += " AND name LIKE ?"
		args = append(args, "%"+name+"%")
	}
	query += fmt.Sprintf(" LIMIT %d", limit)
	return r.db.QueryContext(ctx, query, args...)
}

// Move moves a balance in one transaction.
func (r *Repo) Move(ctx context.Context, from, to int64, amount int) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, from); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, to); err != nil {
		return err
	}
	return tx.Commit()
}
