// Package storetest builds rows for tests: every entity in one line, with good defaults. What a test does not care about
// it does not say.
package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"lyceum/db"
	"lyceum/domain"
)

// Password is everyone's.
const Password = "correct horse battery"

var hash = func() string {
	h, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return string(h)
}()

// Builder writes rows as the owner.
type Builder struct {
	t     *testing.T
	owner *db.DB
	n     atomic.Int64
}

// New builds in a database.
func New(t *testing.T, owner *db.DB) *Builder { return &Builder{t: t, owner: owner} }

// Values are columns that shall differ from the defaults.
type Values map[string]any

// insert writes a row and returns its id. Column names come from tests alone.
func (b *Builder) insert(table string, defaults, values Values, id any) {
	b.t.Helper()
	for k, v := range values {
		defaults[k] = v
	}
	columns, marks, args := "", "", []any{}
	for k, v := range defaults {
		if len(args) > 0 {
			columns, marks = columns+", ", marks+", "
		}
		args = append(args, v)
		columns += k
		marks += fmt.Sprintf("$%d", len(args))
	}
	returning := "id"
	if id == nil {
		returning, id = "1", new(int)
	}
	query := "insert into " + table + " (" + columns + ") values (" + marks + ") returning " + returning
	if err := b.owner.GetContext(b.t.Context(), id, query, args...); err != nil {
		b.t.Fatalf("insert into %s: %v", table, err)
	}
}

// User makes a user who can sign in with Password. Her email is <username>@test.example.
func (b *Builder) User(username string, values ...Values) domain.UserID {
	b.t.Helper()
	var id domain.UserID
	b.insert("users", Values{
		"username": username, "email": username + "@test.example", "password_hash": hash, "first_name": "First", "last_name": "Last",
	}, one(values), &id)
	return id
}

// UserWithRole makes a user with a role.
func (b *Builder) UserWithRole(username, role string) domain.UserID {
	b.t.Helper()
	id := b.User(username)
	b.Exec("insert into user_roles (user_id, role_id) select $1, id from roles where name = $2", id, role)
	return id
}

// Plan makes a monthly plan of 10 EUR that opens a level.
func (b *Builder) Plan(level int, values ...Values) domain.PlanID {
	b.t.Helper()
	var id domain.PlanID
	n := b.n.Add(1)
	b.insert("subscription_plans", Values{
		"slug": fmt.Sprintf("plan-%d", n), "name": fmt.Sprintf("Plan %d", n), "access_level": level,
		"price_minor": 1000, "billing_cycle": "monthly", "position": n,
	}, one(values), &id)
	return id
}

// Subscription makes an active subscription that opens content for 30 more days.
func (b *Builder) Subscription(user domain.UserID, plan domain.PlanID, values ...Values) domain.SubscriptionID {
	b.t.Helper()
	var id domain.SubscriptionID
	end := time.Now().Add(30 * 24 * time.Hour)
	b.insert("user_subscriptions", Values{
		"user_id": user, "plan_id": plan, "status": "active", "current_period_end": end, "access_until": end,
	}, one(values), &id)
	return id
}

// Category makes a category at the top, or below another with {"parent_id": …}.
func (b *Builder) Category(slug string, values ...Values) domain.CategoryID {
	b.t.Helper()
	var id domain.CategoryID
	b.insert("content_categories", Values{"slug": slug, "name": "Branch " + slug, "position": b.n.Add(1)}, one(values), &id)
	return id
}

// Item makes a published lesson of a level, with the body "The body of <slug>.".
func (b *Builder) Item(category domain.CategoryID, slug string, level int, values ...Values) domain.ItemID {
	b.t.Helper()
	var id domain.ItemID
	b.insert("content_items", Values{
		"category_id": category, "slug": slug, "title": "Title " + slug, "summary": "Summary of " + slug, "preview": "Preview",
		"access_level": level, "summary_is_authored": true, "preview_is_authored": true,
		"status": "published", "published_at": time.Now().Add(-time.Hour * time.Duration(b.n.Add(1))),
	}, one(values), &id)
	b.Exec("update content_bodies set body = $2 where content_id = $1", id, "The body of "+slug+".")
	return id
}

// Grant opens or closes an item or a category: {"content_id": …} or {"category_id": …}, and perhaps {"effect": "deny"}.
func (b *Builder) Grant(user domain.UserID, values Values) domain.GrantID {
	b.t.Helper()
	var id domain.GrantID
	b.insert("user_content_permissions", Values{"user_id": user, "effect": "allow"}, values, &id)
	return id
}

// Seat lets somebody else use a subscription.
func (b *Builder) Seat(subscription domain.SubscriptionID, user domain.UserID) {
	b.t.Helper()
	b.insert("subscription_seats", Values{"subscription_id": subscription, "user_id": user}, nil, nil)
}

// Completed makes a user have completed an item.
func (b *Builder) Completed(user domain.UserID, item domain.ItemID) {
	b.t.Helper()
	b.insert("learning_analytics", Values{"user_id": user, "content_id": item, "progress": 100, "completed_at": time.Now()}, nil, nil)
}

// Exec runs any statement as the owner.
func (b *Builder) Exec(query string, args ...any) {
	b.t.Helper()
	if _, err := b.owner.ExecContext(b.t.Context(), query, args...); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
}

// Get reads one value as the owner.
func (b *Builder) Get(dest any, query string, args ...any) {
	b.t.Helper()
	if err := b.owner.GetContext(b.t.Context(), dest, query, args...); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
}

func one(values []Values) Values {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}
