package fixedkey

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"os"
)

func seal() (cipher.Block, error) {
	phrase := []byte("a sentence that is 32 bytes long")
	return aes.NewCipher(phrase) // want `^fixedkey: the key of aes.NewCipher`
}

func sign(text []byte) []byte {
	mac := hmac.New(sha256.New, []byte("hush")) // want `^fixedkey`
	mac.Write(text)
	return mac.Sum(nil)
}

func given(key []byte) (cipher.Block, error) { return aes.NewCipher(key) }

func fromOutside() (cipher.Block, error) { return aes.NewCipher([]byte(os.Getenv("KEY"))) }
