package unverified

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

type header struct{ Alg string }

func claims(token string) (map[string]any, error) {
	parts := strings.Split(token, ".") // want `^unverified indicated: a signed token`
	if len(parts) != 3 {
		return nil, errors.New("not a token")
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	found := map[string]any{}
	return found, json.Unmarshal(data, &found)
}

func unsigned(h header) bool {
	return h.Alg == "none" // want `^unverified indicated: a token may say`
}

func accepts(h header) error {
	if h.Alg == "none" { // want `^unverified indicated`
		return nil
	}
	return errors.New("not signed")
}

func refuses(h header) error {
	if h.Alg == "none" {
		return errors.New("not signed")
	}
	return nil
}

func version(token string) []string { return strings.Split(token, ".") }
