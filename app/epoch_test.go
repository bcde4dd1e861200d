package app_test

import (
	"strings"
	"testing"
	"time"

	"lyceum/app/apptest"
	"lyceum/store"
)

func TestNothingThatLetSomebodyInBeforeARestoreDoesSoAfterIt(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	ada := h.User("ada")
	signedIn, visitor := h.As(t, "ada@test.example"), h.Anonymous(t)
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	link := last(t, h, "ada@test.example", 1).Token
	visitor.Must(requestReset, vars{"email": "boss@test.example"}) // it waits to be worked off
	h.Exec(`insert into api_tokens (user_id, name, prefix, token_hash) values ($1, 'script', 'lyc_x', sha256('x'))`, ada)
	h.Exec(`insert into refresh_tokens (user_id, family_id, token_hash, expires_at) values ($1, new_id(), sha256('x'), now() + interval '1 day')`, ada)
	h.Exec(`insert into login_throttles (email, place, trusted_at) values ('ada@test.example', 'device:x', now())`)
	h.Exec(`insert into backups (reason) values ('schedule')`) // the one that was restored was running when it was copied

	epoch, err := store.NewMaintenance(h.DB.Owner).BeginEpoch(t.Context(), time.Now(), "20261126T000000Z-abcd")
	if err != nil {
		t.Fatal(err)
	}
	if epoch.SessionsEnded != 1 || epoch.TokensRevoked != 2 || epoch.DevicesForgotten == 0 || epoch.LinksVoided != 1 || epoch.RequestsDropped != 1 || epoch.MailsHeld != 1 {
		t.Errorf("%+v", epoch)
	}
	if a := signedIn.Must(`{ viewer { id } }`); a.Raw != "" && !strings.Contains(a.Raw, `"viewer":null`) {
		t.Errorf("the session is still one: %s", a.Raw)
	}
	if a := visitor.Must(reset, vars{"token": link, "password": "a new moon rises"}); codes(a, "resetPassword") == "" {
		t.Errorf("the link still works: %s", a.Raw)
	}
	boss := h.As(t, "boss@test.example")
	a := boss.Must(`{ mailMessages { nodes { id status lastError } } backups { nodes { state lastError } } securityEvents(filter: {name: "school_restored"}) { nodes { severity } } }`)
	if a.String("mailMessages.nodes.0.status") != "FAILED" || !strings.Contains(a.String("mailMessages.nodes.0.lastError"), "restored") ||
		a.String("backups.nodes.0.state") != "FAILED" || a.String("securityEvents.nodes.0.severity") != "CRITICAL" {
		t.Errorf("%s", a.Raw)
	}
	var waiting int
	if h.Get(&waiting, `select count(*) from river.river_job where kind in ('send_mail', 'account_request') and finalized_at is null`); waiting != 0 {
		t.Errorf("%d jobs wait for what was held or dropped", waiting)
	}
	if a := boss.Must(`mutation { retryMail(input: {mailId: "` + a.String("mailMessages.nodes.0.id") + `"}) { mail { status } userErrors { code } } }`); a.String("retryMail.mail.status") != "QUEUED" {
		t.Errorf("a message that was held is not sent: %s", a.Raw)
	}
	h.As(t, "ada@test.example") // with the password of before
	if _, err := store.NewMaintenance(h.DB.DB).BeginEpoch(t.Context(), time.Time{}, ""); err == nil {
		t.Error("the serving role begins an epoch")
	}
}

func TestABackupIsAskedForOnceAndNotWhereNoneAreTaken(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss := h.As(t, "boss@test.example")
	ask := `mutation { requestBackup { job { id kind state } userErrors { code } } }`
	once, again := boss.Must(ask), boss.Must(ask)
	if once.String("requestBackup.job.kind") != "take_backup" || once.String("requestBackup.job.id") != again.String("requestBackup.job.id") {
		t.Errorf("%s\n%s", once.Raw, again.Raw)
	}
	h.Exec(`insert into backups (reason, state, name, finished_at) values ('request', 'whole', 'x', now())`)
	h.Exec(`insert into restore_drills (reason, state, finished_at, lost_ms, took_ms, tables, rows_counted) values ('request', 'passed', now(), 1, 2, 3, 4)`)
	a := boss.Must(`{ backups(filter: {kept: true}) { nodes { id name state } } restoreDrills(filter: {state: PASSED}) { nodes { id lostMs tookMs tables rowsCounted } } }`)
	if a.String("backups.nodes.0.name") != "x" || a.String("restoreDrills.nodes.0.tookMs") != "2" {
		t.Errorf("%s", a.Raw)
	}
	for _, id := range []string{a.String("backups.nodes.0.id"), a.String("restoreDrills.nodes.0.id")} {
		if b := boss.Must(`{ node(id: "` + id + `") { id } }`); b.String("node.id") != id {
			t.Errorf("%s", b.Raw)
		}
	}
	// What was removed, or begun by a clock that was wrong, does not keep the next backup from being due.
	var kept time.Time
	h.Get(&kept, `select started_at from backups where name = 'x'`)
	h.Exec(`insert into backups (reason, state, name, started_at, finished_at, removed_at) values
		('request', 'whole', 'removed', now() + '1 millisecond', now(), now()), ('request', 'whole', 'later', now() + '1 year', now(), null)`)
	if at, err := store.NewMaintenance(h.DB.Owner).NewestBackup(t.Context()); err != nil || at == nil || !at.Equal(kept) {
		t.Errorf("the newest backup is of %v: %v", at, err)
	}
	off := apptest.New(t, apptest.NoBackups)
	off.UserWithRole("boss", "admin")
	if a := off.As(t, "boss@test.example").Must(ask); codes(a, "requestBackup") != "BACKUPS_OFF" {
		t.Errorf("%s", a.Raw)
	}
}
