package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"lyceum/db/demo"
)

// client is a browser of somebody's.
type client struct {
	http *http.Client
	url  string
}

// newClient keeps so many connections open.
func newClient(s *school, connections int) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &client{url: s.url + "/graphql", http: &http.Client{
		Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Minute},
	}}, nil
}

// answer is what the graph said.
type answer struct {
	status int
	data   map[string]any
	code   string // of the first error; the first user error's when there is no other
	text   string
	took   time.Duration
}

// acknowledged reports whether the server has said that it was done.
func (a answer) acknowledged() bool {
	return a.status == http.StatusOK && a.code == "" && a.data != nil
}

// field is a value of the data by its path.
func (a answer) field(path string) any {
	var at any = a.data
	for _, name := range strings.Split(path, ".") {
		object, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = object[name]
	}
	return at
}

// ask posts an operation. Errors: those of the network.
func (c *client) ask(ctx context.Context, query string, variables map[string]any) (answer, error) {
	began := time.Now()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode, text: string(text), took: time.Since(began)}
	var read struct {
		Data   map[string]any
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return a, fmt.Errorf("the answer is cut off: %w", err)
	}
	a.data = read.Data
	if len(read.Errors) > 0 {
		a.code = read.Errors[0].Extensions.Code
	}
	for _, payload := range read.Data {
		object, _ := payload.(map[string]any)
		if faults, ok := object["userErrors"].([]any); ok && len(faults) > 0 && a.code == "" {
			a.code = fmt.Sprint("user error ", faults[0])
		}
	}
	return a, nil
}

// must asks for what has to succeed.
func (c *client) must(ctx context.Context, query string, variables map[string]any) (answer, error) {
	a, err := c.ask(ctx, query, variables)
	if err == nil && !a.acknowledged() {
		err = fmt.Errorf("%s was answered with %d %.300s", query, a.status, a.text)
	}
	return a, err
}

const signIn = `mutation ($email: String!, $password: String!) {
	signIn(input: {email: $email, password: $password}) { viewer { id } userErrors { code } } }`

// signedIn is the browser of an account of the demo's, or of one with the same password.
func signedIn(ctx context.Context, s *school, email string, connections int) (*client, error) {
	c, err := newClient(s, connections)
	if err != nil {
		return nil, err
	}
	_, err = c.must(ctx, signIn, map[string]any{"email": email, "password": demo.Password})
	return c, err
}

var plain = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// status is that of a GET; 0 when there is no answer.
func status(ctx context.Context, at string) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return 0
	}
	response, err := plain.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // only the status is asked for
	return response.StatusCode
}
