package auth

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"lyceum/domain"
	"lyceum/domain/security"
)

// SessionEnded is the header of an answer to a request whose session cookie no longer signs anybody in. The request went
// on as an anonymous user's, so that its user can sign in again.
const SessionEnded = "X-Session-Ended"

// challenge goes with each 401, as RFC 9110 and RFC 6750 ask.
const challenge = `Bearer realm="lyceum"`

// Judge lets a request through only if every credential that it shows beside the session cookie is accepted. A credential
// that is not accepted is refused and never ignored: whoever sends one must not be taken for an anonymous user without a word.
func (g *Gate) Judge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.judge(r); err != nil {
			g.challenge(w, r, challenge+`, error="invalid_token"`, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *Gate) challenge(w http.ResponseWriter, r *http.Request, text string, err error) {
	w.Header().Set("WWW-Authenticate", text)
	g.config.Failed(w, r, err)
}

var (
	errNotAccepted = domain.Errorf(domain.CodeUnauthenticated,
		"the Authorization header holds no credential that is accepted here; sign in for a session cookie and leave the header out")
	errInAddress = domain.Errorf(domain.CodeUnauthenticated,
		"a token in the address is not accepted, because addresses stand in logs; send it in the Authorization header")
	errEnded = domain.Errorf(domain.CodeUnauthenticated, "your session has ended; sign in again")
)

// judge reads the Authorization header and the access_token parameter of RFC 6750. Errors: UNAUTHENTICATED.
func (g *Gate) judge(r *http.Request) error {
	if strings.Contains(r.URL.RawQuery, "access_token") && r.URL.Query().Has("access_token") {
		return errInAddress
	}
	sent, any := r.Header["Authorization"]
	if !any {
		return nil
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	if len(sent) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return errNotAccepted
	}
	_, err := g.bearer(r.Context(), strings.TrimSpace(token))
	return err
}

// bearer is where API tokens will be judged. There are none yet, so it accepts nothing. Errors: UNAUTHENTICATED.
func (g *Gate) bearer(context.Context, string) (*security.Rights, error) {
	return nil, errNotAccepted
}

// credentialKeys are the keys under which clients put a credential into the payload of connection_init, in lower case and
// without - and _.
var credentialKeys = map[string]bool{
	"authorization": true, "auth": true, "authtoken": true, "token": true, "accesstoken": true, "idtoken": true, "apitoken": true,
	"bearer":      true,
	"bearertoken": true, "jwt": true, "apikey": true, "xapikey": true, "xauthtoken": true, "password": true, "cookie": true, "session": true,
	"sessionid": true, "sessiontoken": true,
}

// PayloadCredential reports whether the payload of a websocket's connection_init holds a credential, itself or under
// headers. A socket is signed in by the cookie of its handshake alone. null stands for nothing, as in clients that always
// send the key.
func PayloadCredential(payload map[string]json.RawMessage) bool {
	for key, value := range payload {
		key = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(key))
		var headers map[string]json.RawMessage
		switch {
		case string(value) == "null":
		case credentialKeys[key]:
			return true
		case key == "headers" && json.Unmarshal(value, &headers) == nil && PayloadCredential(headers):
			return true
		}
	}
	return false
}
