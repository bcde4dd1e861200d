package app_test

import (
	"fmt"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/db/demo"
)

// Every filter of every list, alone, against the same question in plain SQL on the demo school. ADA, LENA and CHIARA stand
// for people; ITEM, BRANCH, PLAN and SUB for a lesson, a category, a plan and a subscription. Each must leave something out
// and something in, so that none is vacuous.
var filters = map[string]map[string]string{
	"users|users u where u.deleted_at is null": {
		`status: SUSPENDED`: `u.account_status = 'suspended'`, `search: "learner1"`: `u.username like 'learner1%'`,
		`role: "editor"`:       `exists (select from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id and r.name = 'editor' and (ur.expires_at is null or ur.expires_at > now()))`,
		`emailVerified: false`: `u.email_verified_at is null`, `twoFactorEnabled: true`: `u.id in (select user_id from user_security_settings where two_factor_enabled)`,
		`since: "MONTH"`: `u.created_at >= MONTH`, `until: "MONTH"`: `u.created_at < MONTH`,
	},
	"roleAssignments|user_roles r": {
		`userId: "ADA"`: `r.user_id = ADA`, `role: "support"`: `r.role_id = (select id from roles where name = 'support')`,
		`active: false`: `r.expires_at < now()`,
	},
	"verifications|user_verifications v": {
		`userId: "LENA"`: `v.user_id = LENA`, `purpose: PASSWORD_RESET`: `v.purpose = 'password_reset'`, `pending: true`: `v.used_at is null and v.expires_at > now()`,
		`since: "MONTH"`: `v.created_at >= MONTH`, `until: "MONTH"`: `v.created_at < MONTH`,
	},
	"subscriptionPlans|subscription_plans p": {
		`offered: false`: `not p.is_offered`, `billingCycle: YEARLY`: `p.billing_cycle = 'yearly'`, `minAccessLevel: 3`: `p.access_level >= 3`,
	},
	"subscriptions|user_subscriptions s": {
		`status: PAUSED`: `s.status = 'paused'`, `planId: "PLAN"`: `s.plan_id = PLAN`, `ownerId: "LENA"`: `s.user_id = LENA`,
		`givesAccess: true`: `s.access_until > now()`, `givesAccess: false`: `s.access_until <= now()`, `canceling: true`: `s.cancel_at > now()`,
		`since: "MONTH"`: `s.started_at >= MONTH`, `until: "MONTH"`: `s.started_at < MONTH`, `endsBefore: "SOON"`: `s.access_until < SOON`,
	},
	"payments|payments y": {
		`userId: "LENA"`: `y.user_id = LENA`, `subscriptionId: "SUB"`: `y.subscription_id = SUB`, `status: FAILED`: `y.status = 'failed'`,
		`provider: "invoice"`: `y.provider = 'invoice'`, `currency: "USD"`: `y.currency = 'USD'`, `since: "MONTH"`: `y.created_at >= MONTH`, `until: "MONTH"`: `y.created_at < MONTH`,
	},
	"subscriptionChanges|subscription_changes c": {
		`userId: "LENA"`: `c.user_id = LENA`, `subscriptionId: "SUB"`: `c.subscription_id = SUB`, `kind: CANCEL_SCHEDULED`: `c.kind = 'cancel_scheduled'`,
		`since: "MONTH"`: `c.created_at >= MONTH`, `until: "MONTH"`: `c.created_at < MONTH`,
	},
	"contentItems|content_items i where i.status = 'published' and i.deleted_at is null and i.published_at <= now()": {
		`categoryId: "BRANCH"`: `i.category_id in (select descendant_id from content_category_paths where ancestor_id = BRANCH)`,
		`kind: NOTEBOOK`:       `i.kind = 'notebook'`, `authorId: "YUKI"`: `i.author_id = YUKI`, `language: "de"`: `i.language = 'de'`, `tag: "attention"`: `'attention' = any(i.tags)`,
		`maxAccessLevel: 1`: `i.access_level <= 1`, `maxDurationSeconds: 600`: `i.duration_seconds <= 600`,
		`since: "MONTH"`: `i.published_at >= MONTH`, `until: "MONTH"`: `i.published_at < MONTH`,
	},
	"contentLibrary|content_items i where i.deleted_at is null": {
		`status: DRAFT`: `i.status = 'draft'`, `categoryId: "BRANCH"`: `i.category_id in (select descendant_id from content_category_paths where ancestor_id = BRANCH)`,
		`kind: NOTEBOOK`: `i.kind = 'notebook'`, `authorId: "YUKI"`: `i.author_id = YUKI`, `language: "de"`: `i.language = 'de'`, `search: "a "`: `i.title ilike 'a %'`,
	},
	"contentCategories|content_categories k": {`parentId: "BRANCH"`: `k.parent_id = BRANCH`, `search: "d"`: `k.name ilike 'd%'`},
	"contentGrants|user_content_permissions g": {
		`userId: "FELIX"`: `g.user_id = FELIX`, `active: true`: `g.revoked_at is null and (g.ends_at is null or g.ends_at > now())`,
		`itemId: "GRANTED"`: `g.content_id = GRANTED`, `categoryId: "CLOSED"`: `g.category_id = CLOSED`,
		`active: false`: `g.revoked_at is not null or g.ends_at <= now()`, `effect: DENY`: `g.effect = 'deny'`, `grantedById: "YUKI"`: `g.granted_by = YUKI`,
	},
	"contentConsumption|content_consumption c": {
		`userId: "LENA"`: `c.user_id = LENA`, `itemId: "ITEM"`: `c.content_id = ITEM`, `event: COMPLETED`: `c.event = 'completed'`,
		`since: "MONTH"`: `c.created_at >= MONTH`, `until: "MONTH"`: `c.created_at < MONTH`,
	},
	"contentPopularity|content_popularity p": {
		`categoryId: "BRANCH"`: `p.content_id in (select i.id from content_items i join content_category_paths t on t.descendant_id = i.category_id where t.ancestor_id = BRANCH)`,
	},
	"loginAttempts|login_attempts l": {
		`status: THROTTLED`: `l.status = 'throttled'`, `email: "PRO@demo.test"`: `l.email = 'pro@demo.test'`, `userId: "LENA"`: `l.user_id = LENA`, `ip: "203.0.113.66"`: `l.ip_address = '203.0.113.66'`,
		`since: "MONTH"`: `l.created_at >= MONTH`, `until: "MONTH"`: `l.created_at < MONTH`,
	},
	"securityEvents|security_audit_log e": {
		`severity: CRITICAL`: `e.severity = 'critical'`, `name: "sign_in"`: `e.event = 'sign_in'`, `userId: "LENA"`: `e.user_id = LENA`, `actorId: "LENA"`: `e.actor_id = LENA`,
		`since: "MONTH"`: `e.created_at >= MONTH`, `until: "MONTH"`: `e.created_at < MONTH`,
	},
	"auditLog|audit_trail t": {
		`table: "users"`: `t.table_name = 'users'`, `actorId: "ADA"`: `t.actor_id = ADA`, `subjectId: "LENA"`: `t.subject_id = LENA`, `rowId: "ROWKEY"`: `t.row_id = LENA::text`,
		`action: UPDATE`: `t.action = 'update'`, `since: "SOON"`: `t.created_at >= SOON`, `until: "SOON"`: `t.created_at < SOON`,
	},
	"userSessions|user_sessions s": {
		`userId: "LENA"`: `s.user_id = LENA`, `active: true`: `s.is_active and s.expires_at > now() and s.last_seen_at > now() - interval '30 minutes'`, `ip: "203.0.113.66"`: `s.ip_address = '203.0.113.66'`,
		`since: "MONTH"`: `s.created_at >= MONTH`, `until: "MONTH"`: `s.created_at < MONTH`,
	},
	"apiTokens|api_tokens t": {`userId: "NOOR"`: `t.user_id = NOOR`, `active: true`: `t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`},
	"refreshTokens|refresh_tokens t": {
		`userId: "LENA"`: `t.user_id = LENA`, `familyId: "FAMILY"`: `t.family_id = FAMILY`, `active: true`: `t.used_at is null and t.revoked_at is null and t.expires_at > now()`,
	},
	"mailMessages|mail_messages m": {
		`userId: "LENA"`: `m.user_id = LENA`, `status: FAILED`: `m.status = 'failed'`, `template: "users.verify_email"`: `m.template = 'users.verify_email'`,
		`since: "MONTH"`: `m.created_at >= MONTH`, `until: "MONTH"`: `m.created_at < MONTH`,
	},
	"passwordChanges|password_history h": {`userId: "LENA"`: `h.user_id = LENA`, `since: "MONTH"`: `h.created_at >= MONTH`, `until: "MONTH"`: `h.created_at < MONTH`},
}

func TestEveryFilterAsksWhatItSays(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	h.Exec(`insert into mail_messages (cause, template, recipient, user_id, status, created_at)
		select n, case when n = 1 then 'users.verify_email' else 'users.account_closed' end, u.email, u.id, case when n = 1 then 'failed' else 'queued' end, now() - n * interval '20 days'
		from users u, generate_series(1, 2) n where u.username = 'lena' and n = 1 or u.username = 'ada' and n = 2`)
	names, places := standIns(h)
	admin := h.SignIn(t, "admin@demo.test", demo.Password)
	for list, cases := range filters {
		field, from, _ := strings.Cut(list, "|")
		var all int
		h.Get(&all, "select count(*) from "+from)
		and := " where "
		if strings.Contains(from, " where ") {
			and = " and "
		}
		for filter, condition := range cases {
			var want int
			h.Get(&want, places.Replace("select count(*) from "+from+and+condition))
			a := admin.Must(names.Replace(fmt.Sprintf(`{ %s(first: 100, filter: {%s}) { totalCount nodes { __typename } } }`, field, filter)))
			if got := a.String(field + ".totalCount"); got != fmt.Sprint(want) || a.Len(field+".nodes") != min(want, 100) {
				t.Errorf("%s, %s: %s rows, SQL says %d", field, filter, got, want)
			}
			if (want == 0 || want == all) && field != "auditLog" { // all of the trail is of the day of loading
				t.Errorf("%s, %s: %d of %d rows tell nothing", field, filter, want, all)
			}
		}
	}
}

// standIns replace the words of filters: in operations with what clients send, in SQL with what the database has.
func standIns(h *apptest.App) (names, places *strings.Replacer) {
	var inGraph, inSQL []string
	for word, query := range map[string]string{
		"ADA": `user|select id from users where username = 'ada'`, "ROWKEY": `|select id from users where username = 'lena'`,
		"LENA": `user|select id from users where username = 'lena'`, "FELIX": `user|select id from users where username = 'felix'`,
		"YUKI": `user|select id from users where username = 'yuki'`, "NOOR": `user|select id from users where username = 'noor'`,
		"PLAN":    `plan|select id from subscription_plans where slug = 'pro'`,
		"SUB":     `subscription|select s.id from user_subscriptions s join users u on u.id = s.user_id where u.username = 'lena' limit 1`,
		"BRANCH":  `category|select id from content_categories where slug = 'deep-learning'`,
		"ITEM":    `item|select content_id from content_consumption group by content_id order by count(*) desc limit 1`,
		"GRANTED": `item|select content_id from user_content_permissions where content_id is not null order by id limit 1`,
		"CLOSED":  `category|select category_id from user_content_permissions where category_id is not null and effect = 'deny' limit 1`,
		"FAMILY":  `|select family_id from refresh_tokens order by created_at limit 1`,
	} {
		kind, text, _ := strings.Cut(query, "|")
		var id string
		h.Get(&id, text)
		sent := id
		if kind != "" {
			sent = kind + "_" + strings.ReplaceAll(id, "-", "")
		}
		inGraph, inSQL = append(inGraph, word, sent), append(inSQL, word, "'"+id+"'::uuid")
	}
	for word, at := range map[string]string{"MONTH": `now() - interval '30 days'`, "SOON": `now() + interval '7 days'`} {
		var instant string
		h.Get(&instant, `select to_char(date_trunc('day', `+at+`) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`)
		inGraph, inSQL = append(inGraph, word, instant), append(inSQL, word, "'"+instant+"'::timestamptz")
	}
	return strings.NewReplacer(inGraph...), strings.NewReplacer(inSQL...)
}
