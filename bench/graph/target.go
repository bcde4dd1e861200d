package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// target is a server of the graph: the product or PostGraphile.
type target struct {
	name, url string
	pid       int
	cursors   map[string][]string // of an operation: what its pages begin after; "" is the first page
}

var client = &http.Client{Timeout: 30 * time.Second}

// ask posts a request and returns the data of the answer. An answer with errors is an error.
func (t *target) ask(ctx context.Context, cookie string, request []byte) (json.RawMessage, error) {
	data, refused, err := t.answer(ctx, cookie, request)
	if err == nil && len(refused) > 0 {
		err = fmt.Errorf("%s refuses %s with %s", t.name, refused[0].Path, refused[0].Code)
	}
	return data, err
}

// answer is ask for an answer of which parts may be refused. Any other error in it is an error.
func (t *target) answer(ctx context.Context, cookie string, request []byte) (json.RawMessage, []refusal, error) {
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(request))
	if err != nil {
		return nil, nil, err
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("Accept", "application/json")
	if cookie != "" {
		post.Header.Set("Cookie", cookie)
	}
	response, err := client.Do(post)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return nil, nil, err
	}
	var answer struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	err = json.Unmarshal(text, &answer)
	refused, problem := refusalsOf(answer.Errors)
	if err != nil || problem != nil || len(answer.Data) == 0 {
		return nil, nil, fmt.Errorf("%s answered %s with %.600s", t.name, response.Status, text)
	}
	return answer.Data, refused, nil
}

// walkPages notes what each page of an operation begins after.
func (t *target) walkPages(ctx context.Context, name, query, cookie string, pages int) error {
	t.cursors[name] = []string{""}
	for n := 1; n < pages; n++ {
		data, err := t.ask(ctx, cookie, body(query, map[string]any{"after": cursor(t.cursors[name][n-1])}))
		if err != nil {
			return err
		}
		var answer struct {
			Page struct{ PageInfo struct{ EndCursor string } }
		}
		if err := json.Unmarshal(data, &answer); err != nil || answer.Page.PageInfo.EndCursor == "" {
			return errors.Join(fmt.Errorf("%s: %s has no page %d", t.name, name, n+1), err)
		}
		t.cursors[name] = append(t.cursors[name], answer.Page.PageInfo.EndCursor)
	}
	return nil
}

// cursor is null for the first page.
func cursor(text string) any {
	if text == "" {
		return nil
	}
	return text
}
