package zxcvbn

import "testing"

// gosec's own thresholds: this many bits, or half of them at this many for each byte.
const enough, each = 80.0, 3.0

func looksRandom(text string) bool {
	text = text[:min(16, len(text))]
	bits := PasswordStrength(text, nil).Entropy
	return bits >= enough || bits >= enough/2 && bits/float64(len(text)) >= each
}

func TestKeysLookRandom(t *testing.T) {
	for _, text := range []string{"x7Fq2LzP0vKc9RtB", "9f86d081884c7d65", "f62e5bcda4fae4f82370da0c6f20697b8f8447ef", "Zp!4kT9#vQ2m", "wJalrXUtnFEMI/K7MDENG"} {
		if !looksRandom(text) {
			t.Errorf("%q counts as a word, %.1f bits", text, PasswordStrength(text, nil).Entropy)
		}
	}
}

func TestWordsDoNot(t *testing.T) {
	for _, text := range []string{"", "token", "application/json", "my-secret-name", "correcthorsebatterystaple", "AuthorizationHeader",
		"/etc/app/credentials.yaml", "2026-11-25 10:11:12", "aaaaaaaaaaaaaaaa", "%s:%d@tcp(%s)/%s", "invalid password or user name"} {
		if looksRandom(text) {
			t.Errorf("%q counts as a key, %.1f bits", text, PasswordStrength(text, nil).Entropy)
		}
	}
}
