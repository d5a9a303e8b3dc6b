package secret

import "os"

const apiKey = "9fK2-xQ71v!pLz84" // want `^secret indicated`

var jwtSecret = []byte("mysupersecretkey") // want `^secret indicated`

type config struct{ Password, TokenName string }

var (
	given   = config{Password: "Tr0ub4dor&3"} // want `secret`
	fine    = config{TokenName: "session", Password: os.Getenv("PASSWORD")}
	address = "postgres://admin:Sup3rS3cret@db.example.com/app" // want `^secret indicated: an address`
	sample  = "postgres://user:password@localhost/app"
	formed  = "postgres://%s:%s@localhost/app"
	errText = "the password is missing"
	// The setting that names the file with the token.
	tokenSetting = "API_TOKEN_FILE"
)
