package auth

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

const rounds = 600_000

// ErrWrong is for passwords that don't fit.
var ErrWrong = errors.New("wrong password")

// Hash gives what to keep of a password.
func Hash(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key, err := pbkdf2.Key(sha256.New, password, salt, rounds, 32)
	if err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key), nil
}

// Check compares a password with what was kept.
func Check(password, kept string) error {
	salt, want, ok := strings.Cut(kept, "$")
	if !ok {
		return errors.New("not a hash")
	}
	rawSalt, err := base64.RawStdEncoding.DecodeString(salt)
	if err != nil {
		return fmt.Errorf("decoding the salt: %w", err)
	}
	rawKey, err := base64.RawStdEncoding.DecodeString(want)
	if err != nil {
		return fmt.Errorf("decoding the key: %w", err)
	}
	key, err := pbkdf2.Key(sha256.New, password, rawSalt, rounds, len(rawKey))
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(key, rawKey) != 1 {
		return ErrWrong
	}
	return nil
}

// Sign signs a text.
func Sign(secret []byte, text string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return base64.URLEncoding.EncodeToString(mac.Sum(nil))
}

// Verify checks a signature.
func Verify(secret []byte, text, signature string) bool {
	return hmac.Equal([]byte(Sign(secret, text)), []byte(signature))
}
