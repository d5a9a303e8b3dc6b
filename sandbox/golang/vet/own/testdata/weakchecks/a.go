package weakchecks

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
)

var apiKey = ""

type user struct{ PasswordHash, Token string }

func admit(r *http.Request, u user) bool {
	if r.Header.Get("X-Api-Key") != apiKey { // want `^timingcompare indicated`
		return false
	}
	token := r.FormValue("token")
	if token == "" || token != u.Token { // want `^timingcompare indicated: token`
		return false
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(u.Token)) == 1
}

func typed(password, confirmPassword string) bool { return password == confirmPassword }

func keep(password string) string {
	sum := sha256.Sum256([]byte(password)) // want `^fastpassword indicated`
	hash := sha512.New()
	hash.Write([]byte(password)) // want `^fastpassword indicated`
	return hex.EncodeToString(append(sum[:], hash.Sum(nil)...))
}

func sign(text, password string) []byte {
	mac := hmac.New(sha256.New, []byte(password))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func open(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin")) // want `^anyorigin`
	w.Header().Set("Access-Control-Allow-Credentials", "true")
	http.Error(w, errOf(r).Error(), http.StatusInternalServerError) // want `^errtold indicated`
	http.Error(w, errOf(r).Error(), http.StatusBadRequest)
}

func public(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
}

func some(w http.ResponseWriter, r *http.Request, known map[string]bool) {
	origin := r.Header.Get("Origin")
	if known[origin] {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}
}

func errOf(r *http.Request) error { return r.Context().Err() }
