package upkeep_test

import (
	"testing"
	"time"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store/storetest"
)

func TestWhatWasKeptLongEnoughIsForgottenAndSealsHold(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ada := s.User("ada")
	item := s.Item(s.Category("c"), "item", 0)
	for _, insert := range []string{
		`insert into user_sessions (user_id, session_token, data, expires_at, is_active, ended_at, end_reason) values
			($1, 'old', '', now(), false, now() - interval '91 days', 'expired'), ($1, 'young', '', now(), false, now() - interval '89 days', 'expired'),
			($1, 'open', '', now() + interval '1 hour', true, null, null)`,
		`insert into api_tokens (user_id, name, prefix, token_hash, revoked_at, expires_at) values
			($1, 'revoked', 'a', sha256('1'), now() - interval '366 days', now() + interval '1 day'), ($1, 'expired', 'b', sha256('2'), null, now() - interval '366 days'),
			($1, 'lately', 'c', sha256('3'), now() - interval '1 day', null), ($1, 'open', 'd', sha256('4'), null, null)`,
	} {
		s.Exec(insert, ada)
	}
	s.Grant(ada, storetest.Values{"content_id": item, "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2021-01-01T00:00:00Z"})
	s.Grant(ada, storetest.Values{"content_id": item, "starts_at": "2020-01-01T00:00:00Z"})
	s.seal()
	s.Exec(`insert into audit_trail (created_at, table_name, row_id, action) select '2015-01-01'::timestamptz + n * interval '1 hour', 'users', 'old', 'update' from generate_series(1, 500) n`)
	s.seal() // a seal of its own, which is forgotten as a whole
	s.Exec(`insert into audit_personal_values (audit_id, side, column_name, salt, value) select id, 'new', 'none', 's', 'v' from audit_trail where row_id = 'old' limit 3`)
	s.Exec(`delete from audit_personal_values where column_name = 'none' and audit_id <> (select min(id) from audit_trail where row_id = 'old')`)
	s.User("bob")
	s.seal()

	done, err := s.upkeep.Forget(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]int64{"ended_sessions": 1, "api_tokens": 2, "ended_grants": 1} {
		if done[rule] != want {
			t.Errorf("%s: %d rows, not %d", rule, done[rule], want)
		}
	}
	var old, personal int
	s.Get(&old, `select count(*) from audit_trail where row_id = 'old'`)
	s.Get(&personal, `select count(*) from audit_personal_values where column_name = 'none'`)
	if done["audit_trail"] < 500 || old != 0 || personal != 0 {
		t.Errorf("%d row changes forgotten, %d left with %d personal values", done["audit_trail"], old, personal)
	}
	s.whole(t, "forgotten")
	if done, err = s.upkeep.Forget(t.Context()); err != nil || done["audit_trail"]+done["ended_sessions"]+done["api_tokens"]+done["ended_grants"] != 0 {
		t.Errorf("a second time %v, %v", done, err)
	}
	// What was deleted by hand and has no proof is still noticed.
	s.Exec(`delete from audit_trail where id = (select max(id) from audit_trail where table_name = 'users')`)
	var problem string
	if s.Get(&problem, `select problem from verify_audit() where problem <> 'unsealed'`); problem != "the row was deleted" {
		t.Errorf("%q", problem)
	}
}

func TestARowChangeThatWasTamperedWithIsNotForgotten(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.seal()
	s.Exec(`insert into audit_trail (created_at, table_name, row_id, action) select '2015-01-01', 'users', n, 'update' from generate_series(1, 9) n`)
	s.seal()
	s.Exec(`update audit_trail set row_id = 'other' where row_id = '5'`)
	done, err := s.upkeep.Forget(t.Context())
	if err != nil || done["audit_trail"] != 8 {
		t.Errorf("%v, %v", done, err)
	}
	var problem string
	if s.Get(&problem, `select problem from verify_audit()`); problem != "the row was changed" {
		t.Errorf("%q", problem)
	}
}

func TestARuleIsNotSetBelowItsLeast(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	for _, c := range []struct {
		name string
		days int32
		code domain.Code
	}{
		{"audit_trail", 364, domain.CodeInvalid}, {"audit_trail", 40000, domain.CodeInvalid}, {"no_rule", 100, domain.CodeNotFound}, {"audit_trail", 365, ""},
	} {
		if err := s.upkeep.SetRetention(t.Context(), c.name, c.days); err != nil && domain.CodeOf(err) != c.code || err == nil && c.code != "" {
			t.Errorf("%s for %d days: %v", c.name, c.days, err)
		}
	}
	var days, recorded int
	s.Get(&days, `select days from retention_rules where name = 'audit_trail'`)
	if s.Get(&recorded, `select count(*) from audit_trail where table_name = 'retention_rules' and action = 'update'`); days != 365 || recorded != 1 {
		t.Errorf("%d days, recorded %d times", days, recorded)
	}
	if _, err := s.d.ExecContext(t.Context(), `update retention_rules set days = 36500`); err == nil {
		t.Error("the serving role changes the rules")
	}
}

func TestABloatedIndexIsBuiltAnewInItsWindow(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.Exec(`create table pile (id bigint generated always as identity primary key, word text not null)`)
	s.Exec(`create index pile_word_idx on pile (word)`)
	s.Exec(`insert into pile (word) select md5(n::text) from generate_series(1, 200000) n`)
	s.Exec(`delete from pile where id % 20 > 0`)
	s.Exec(`vacuum (analyze, index_cleanup on) pile`)
	night, day := func() time.Time { return time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC) }, func() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

	if done, err := s.upkeep.Reindex(t.Context(), day, false); err != nil || len(done) > 0 {
		t.Errorf("by day: %v, %v", done, err)
	}
	// What an interrupted run leaves behind is removed.
	s.Exec(`create index pile_word_idx_ccnew on pile (word)`)
	s.Exec(`create index pile_wanted on pile (word)`)
	done, err := s.upkeep.Reindex(t.Context(), night, false)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range done {
		found[r.Index] = true
		if r.After*2 > r.Before {
			t.Errorf("%+v is hardly smaller", r)
		}
	}
	if !found["pile_word_idx"] || !found["pile_pkey"] || found["pile_wanted"] {
		t.Errorf("%v", done)
	}
	if done, err = s.upkeep.Reindex(t.Context(), day, true); err != nil || len(done) > 0 {
		t.Errorf("a second time: %v, %v", done, err)
	}
	if err := s.upkeep.SetWindow(t.Context(), operations.Window{From: 22, To: 3}); err != nil {
		t.Error(err)
	}
	if err := s.upkeep.SetWindow(t.Context(), operations.Window{From: 3, To: 3}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestTheReportNamesWhatIsToBeLookedAt(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.Exec(`create table owner_made (id bigint primary key, user_id uuid, constraint owner_made_user_fkey foreign key (user_id) references users on delete cascade)`)
	s.Exec(`insert into owner_made (id) select n from generate_series(1, 60000) n`)
	s.Exec(`create index owner_made_unused on owner_made (id, user_id)`)
	s.Exec(`analyze owner_made`)
	s.Exec(`insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2020-05-05', new_id(), new_id(), 'opened', 0)`)
	r, err := s.upkeep.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Partitions {
		if p.MonthsAhead != 3 || (p.DefaultRows == 1) != (p.Table == "content_consumption") || p.NeedsAttention() != (p.Table == "content_consumption") {
			t.Errorf("%+v", p)
		}
	}
	problems := map[string]bool{}
	for _, table := range r.Tables {
		for _, p := range table.Problems() {
			problems[table.Table+" "+string(p)] = true
		}
	}
	for _, i := range r.Indexes {
		for _, p := range i.Problems() {
			problems[i.Index+" "+string(p)] = true
		}
	}
	if len(r.Partitions) != 3 || len(r.Rules) < 10 || !problems["owner_made unindexed_reference"] || !problems["owner_made_unused unused"] {
		t.Errorf("%d partition sets, %d rules, %v", len(r.Partitions), len(r.Rules), problems)
	}
	if r.Window != (operations.Window{From: 2, To: 5}) {
		t.Errorf("%+v", r.Window)
	}
}
