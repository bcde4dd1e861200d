package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/google/uuid"

	"lyceum/app"
	"lyceum/db"
	"lyceum/domain/security"
	"lyceum/store"
)

// bareCommand makes this program the server "bare". It is a process of its own, so that its processor time can be told from the
// benchmark's.
const bareCommand = "bare"

// bareServer answers an operation with its best SQL once it knows who asks, and does nothing else. It has no GraphQL, no guards and no
// limits: what it reaches is what an answer to somebody who is signed in can reach through this driver.
type bareServer struct {
	pool       *db.DB
	sessions   sessions
	statements map[string]parameterized
	numbers    map[string]map[uuid.UUID]int // of the askers in peer.viewers and peer.learners, by who an operation is asked as
}

// sessions is what the product asks first.
type sessions interface {
	FindSession(ctx context.Context, tokenHash string) (*security.LiveSession, error)
}

// parameterized is an operation's SQL with parameters in place of pgbench's variables.
type parameterized struct {
	as, text string
	names    []string // of its parameters, in their order
}

// startBare starts this program once more. The lazy collection of garbage is what the product asks of itself.
func startBare(ctx context.Context, s *school) (*running, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, bareCommand) //nolint:gosec,noctx // ourselves; it is ended by end
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.url, "BENCH_LISTEN="+listen, "GOGC=400")
	return start(ctx, bareCommand, "http://"+listen+"/", filepath.Join(s.dir, "bare.log"), cmd)
}

// serveBare runs until it is told to end. The pool is the product's own, with its settings; its role is the owner's, since the
// serving role may not read the benchmark's tables.
func serveBare() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	pool, err := (&app.Database{AppURL: os.Getenv("DATABASE_URL")}).Pool(ctx, 20)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	b := &bareServer{pool: pool, sessions: store.NewSessions(pool)}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	server := &http.Server{Addr: os.Getenv("BENCH_LISTEN"), Handler: b, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (b *bareServer) prepare(ctx context.Context) error {
	b.statements, b.numbers = map[string]parameterized{}, map[string]map[uuid.UUID]int{}
	all, err := operations(nil)
	if err != nil {
		return err
	}
	for _, o := range all {
		b.statements[o.name] = o.parameterized()
	}
	for as, query := range askers {
		var ids []uuid.UUID
		if err := b.pool.Select(ctx, &ids, db.NewStatement(query)); err != nil {
			return err
		}
		b.numbers[as] = map[uuid.UUID]int{}
		for i, id := range ids {
			b.numbers[as][id] = i + 1
		}
	}
	return nil
}

// ServeHTTP takes the operation's name as the query, so that the other targets' request has the same form.
func (b *bareServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Query     string
		Variables struct{ Page int }
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if asked.Query == readyQuery {
		_, _ = w.Write([]byte(`{"data":{"__typename":"Query"}}`))
		return
	}
	text, status, err := b.answer(r, asked.Query, asked.Variables.Page)
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+len(`{"data":}`)))
	for _, part := range [][]byte{[]byte(`{"data":`), text, []byte(`}`)} {
		_, _ = w.Write(part) //nolint:gosec // JSON of the database, to the benchmark; a client that has gone needs no answer
	}
}

func (b *bareServer) answer(r *http.Request, name string, page int) (text []byte, status int, err error) {
	statement, known := b.statements[name]
	if !known {
		return nil, http.StatusNotFound, fmt.Errorf("there is no operation %q", name)
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, http.StatusUnauthorized, err
	}
	found, err := b.sessions.FindSession(r.Context(), tokenHash(cookie.Value))
	if err != nil || found == nil {
		return nil, http.StatusUnauthorized, fmt.Errorf("nobody is signed in with this cookie: %w", err)
	}
	args := make([]any, len(statement.names))
	for i, parameter := range statement.names {
		args[i] = page
		if parameter == ":viewer" {
			number, listed := b.numbers[statement.as][found.UserID.UUID]
			if !listed {
				return nil, http.StatusForbidden, fmt.Errorf("%s is not asked as %s", name, found.UserID)
			}
			args[i] = number
		}
	}
	return text, http.StatusInternalServerError, b.pool.Get(r.Context(), &text, db.NewStatement(statement.text), args...)
}

// tokenHash is how a session is kept.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
