package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lyceum/auth"
	"lyceum/db"
	"lyceum/db/demo"
	"lyceum/db/embedded"
)

// school is a PostgreSQL of its own with the large demo in it.
type school struct {
	server *embedded.Server
	binary string // the product's program
	dir    string
	url    string // the owner's
	db     *db.DB

	people  map[string][]uuid.UUID // who asks, by what they ask as; staff is not among them
	cookies map[string][]string    // by the same
	pages   map[string]int         // of each operation that has pages
}

const (
	database = "lyceum_bench"
	owner    = "lyceum_owner"
	loaded   = `select exists (select from users)`
)

// openSchool starts the server in dir and fills it, unless an earlier run did.
func openSchool(ctx context.Context, dir string, sizes demo.Sizes, log *slog.Logger) (s *school, err error) {
	s = &school{
		dir: dir, binary: filepath.Join(dir, "lyceum"),
		people: map[string][]uuid.UUID{}, cookies: map[string][]string{}, pages: map[string]int{},
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("the benchmark runs from the project's folder: %w", err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.binary, "lyceum") //nolint:gosec // below the benchmark's folder
	build.Dir = strings.TrimSpace(string(root))
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	s.server, err = embedded.Start(ctx, embedded.Options{
		Dir: filepath.Join(dir, "postgres"), Cache: filepath.Join(cache, "lyceum"), Log: log,
		Settings: map[string]string{
			"shared_buffers": "1536MB", "jit": "off", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
			"max_wal_size": "8GB", "max_connections": "200",
		},
	})
	if err != nil {
		return nil, err
	}
	made := s
	defer func() {
		if err != nil {
			err = errors.Join(err, made.close())
		}
	}()
	if err := s.makeDatabase(ctx); err != nil {
		return nil, err
	}
	if s.db, err = db.Open(ctx, db.Config{URL: s.url, Pool: 2, Name: "lyceum bench"}); err != nil {
		return nil, err
	}
	// What an earlier run has added depends on views that a migration may make anew.
	if _, err := s.db.ExecContext(ctx, "drop schema if exists peer cascade"); err != nil {
		return nil, err
	}
	if err := s.lyceum(ctx, "migrate"); err != nil {
		return nil, err
	}
	var full bool
	if err := s.db.GetContext(ctx, &full, loaded); err != nil {
		return nil, err
	}
	if !full {
		log.Info("loading the large demo; at full size this takes some minutes")
		began := time.Now()
		err := s.lyceum(ctx, "demo", "--users", strconv.Itoa(sizes.Users), "--items", strconv.Itoa(sizes.Items),
			"--events", strconv.Itoa(sizes.Events))
		if err != nil {
			return nil, err
		}
		log.Info("loaded", "took", time.Since(began).Round(time.Second))
	}
	return s, s.prepare(ctx)
}

func (s *school) makeDatabase(ctx context.Context) error {
	super, err := db.Open(ctx, db.Config{URL: s.server.SuperuserURL(), Pool: 1, Name: "lyceum bench"})
	if err != nil {
		return err
	}
	defer super.Close()
	password, err := embedded.KeepSecret(filepath.Join(s.dir, "owner.password"))
	if err != nil {
		return err
	}
	s.url = s.server.URL(owner, password, database)
	var exists bool
	if err := super.GetContext(ctx, &exists, `select exists (select from pg_database where datname = $1)`, database); err != nil || exists {
		return err
	}
	verifier, err := db.ScramVerifier(password)
	if err != nil {
		return err
	}
	// A verifier has no quotes in it.
	if _, err := super.ExecContext(ctx, `create role `+owner+` login createrole password '`+verifier+`'`); err != nil {
		return err
	}
	_, err = super.ExecContext(ctx, `create database `+database+` owner `+owner)
	return err
}

// environment is that of a command of the product: nothing of the caller's settings reaches it.
func (s *school) environment(more ...string) []string {
	var all []string
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "LYCEUM_") && !strings.HasPrefix(setting, "DATABASE_") {
			all = append(all, setting)
		}
	}
	return append(append(all, "DATABASE_URL="+s.url, "LYCEUM_DATA_DIR="+filepath.Join(s.dir, "product")), more...)
}

func (s *school) lyceum(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, s.binary, args...) //nolint:gosec // built above
	cmd.Env, cmd.Stdout, cmd.Stderr = s.environment(), os.Stderr, os.Stderr
	return cmd.Run()
}

const (
	pagesOf     = `select op, count(*) from peer.pages group by op`
	saveSession = `insert into user_sessions (user_id, session_token, data, expires_at, ip_address, user_agent) values ($1, $2, $3, $4, '127.0.0.1', 'bench')`
)

// askers are those who ask an operation in turn, by what it is asked as.
var askers = map[string]string{
	asViewers:  `select user_id from peer.viewers order by n`,
	asLearners: `select user_id from peer.learners order by n`,
}

// prepare adds what the benchmark needs to the school, and sessions for its viewers. Two hundred sign-ins from one address
// are more than the product lets in, so their sessions are written as it writes them; staff signs in by password.
func (s *school) prepare(ctx context.Context) error {
	text, err := files.ReadFile("operations/world.sql")
	if err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, string(text)); err != nil {
		return fmt.Errorf("world.sql: %w", err)
	}
	rows, err := s.db.QueryContext(ctx, pagesOf)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
		s.pages[name] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for as, query := range askers {
		var ids []uuid.UUID
		if err := s.db.SelectContext(ctx, &ids, query); err != nil {
			return err
		}
		if s.people[as] = ids; len(ids) == 0 {
			return fmt.Errorf("the school has no %s", as)
		}
		if err := s.letIn(ctx, as); err != nil {
			return err
		}
	}
	return nil
}

// letIn writes sessions.
func (s *school) letIn(ctx context.Context, as string) error {
	deadline := time.Now().Add(12 * time.Hour)
	for _, id := range s.people[as] {
		token := rand.Text()
		data, err := auth.Codec{}.Encode(deadline, map[string]any{"user": id.String()})
		if err != nil {
			return err
		}
		if _, err := s.db.ExecContext(ctx, saveSession, id, tokenHash(token), data, deadline); err != nil {
			return err
		}
		s.cookies[as] = append(s.cookies[as], sessionCookie+"="+token)
	}
	return nil
}

const sessionCookie = "__Host-lyceum_session" // as in production

// signIn signs somebody of the demo in through the graph.
func (s *school) signIn(ctx context.Context, product *target, as string) error {
	request := body(`mutation ($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) { viewer { id } userErrors { message } } }`,
		map[string]any{"email": as + "@demo.test", "password": demo.Password})
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, product.url, strings.NewReader(string(request)))
	if err != nil {
		return err
	}
	post.Header.Set("Content-Type", "application/json")
	response, err := client.Do(post)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer any
	_ = json.NewDecoder(response.Body).Decode(&answer)
	for _, c := range response.Cookies() {
		if c.Name == sessionCookie {
			s.cookies[as] = []string{c.Name + "=" + c.Value}
			return nil
		}
	}
	return fmt.Errorf("%s cannot sign in: %v", as, answer)
}

const aboutServer = `select 'PostgreSQL ' || current_setting('server_version') || ', shared_buffers ' || current_setting('shared_buffers')
	|| ', jit ' || current_setting('jit')`

// about says what was measured, and when.
func (s *school) about(ctx context.Context) (text string, err error) {
	err = s.db.GetContext(ctx, &text, aboutServer)
	return text + ", " + time.Now().Format(time.DateOnly), err
}

// postmaster is the process that all of PostgreSQL's others belong to.
func (s *school) postmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(strings.TrimSpace(line))
}

// pgEnvironment says to PostgreSQL's own programs where the school is.
func (s *school) pgEnvironment() ([]string, error) {
	u, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	password, _ := u.User.Password()
	return append(os.Environ(), "PGHOST="+u.Hostname(), "PGPORT="+u.Port(), "PGUSER="+u.User.Username(),
		"PGPASSWORD="+password, "PGDATABASE="+database), nil
}

func (s *school) close() error {
	if s.db != nil {
		_ = s.db.Close()
	}
	return s.server.Stop()
}
