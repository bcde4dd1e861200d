package db_test

import (
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

type problem struct {
	Log     string `db:"log"`
	RowID   int64  `db:"row_id"`
	SealID  *int64 `db:"seal_id"`
	Problem string `db:"problem"`
}

func verify(t *testing.T, d *dbtest.Database) []problem {
	t.Helper()
	var found []problem
	if err := d.Owner.Select(t.Context(), &found, dbtest.SQL("select * from verify_audit()")); err != nil {
		t.Fatal(err)
	}
	return found
}

func seal(t *testing.T, d *dbtest.Database) (n int) {
	t.Helper()
	if err := d.Get(t.Context(), &n, dbtest.SQL("select seal_audit()")); err != nil {
		t.Fatal(err)
	}
	return n
}

// logged makes rows in all three logs.
func logged(t *testing.T) (*dbtest.Database, *storetest.Builder) {
	t.Helper()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	for _, name := range []string{"ada", "ben", "cleo"} {
		b.User(name)
		b.Exec(`select track_login_attempt($1, 'failed', '203.0.113.9', 'agent', 'device', 'wrong_password')`, name+"@test.example")
		b.Exec(`insert into security_audit_log (event, severity, ip_address) values ('test', 'info', '203.0.113.9')`)
	}
	return d, b
}

func TestSealedLogsVerifyAndTheUnsealedTailIsNamed(t *testing.T) {
	t.Parallel()
	d, b := logged(t)
	if found := verify(t, d); len(found) != 3 || found[0].Problem != "unsealed" {
		t.Errorf("before sealing: %+v", found)
	}
	if n := seal(t, d); n < 9 {
		t.Errorf("%d rows were sealed", n)
	}
	if found := verify(t, d); len(found) != 0 {
		t.Errorf("after sealing: %+v", found)
	}
	b.Exec(`insert into security_audit_log (event, severity) values ('later', 'info')`)
	if found := verify(t, d); len(found) != 1 || found[0].Problem != "unsealed" || found[0].Log != "security_audit_log" {
		t.Errorf("with a tail: %+v", found)
	}
}

func TestVerifyNamesTheFirstRowThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ tamper, log, says string }{
		"an edited reason":  {`update login_attempts set reason = '' where id = 2`, "login_attempts", "changed"},
		"an edited address": {`update login_attempts set ip_address = '10.0.0.1' where id = 2`, "login_attempts", "changed"},
		"a forged address":  {`update login_attempts set ip_address = '10.0.0.1', personal_salt = null where id = 2`, "login_attempts", "changed"},
		"a deleted row":     {`delete from security_audit_log where id = 2`, "security_audit_log", "deleted"},
		"an edited trail":   {`update audit_trail set new_values = '{}' where id = 2`, "audit_trail", "changed"},
		"a rehashed row": {`alter table audit_trail disable trigger all;
			update audit_trail set action = 'update', content_hash = log_row_hash(to_jsonb(audit_trail) || '{"action": "update"}') where id = 2`, "audit_trail", "not those"},
		"a removed seal":   {`delete from audit_seals where id = 1`, "", "seal before"},
		"a personal value": {`update audit_personal_values set value = 'other' where audit_id = 2`, "audit_trail", "personal value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, b := logged(t)
			seal(t, d)
			if _, err := d.Owner.ExecContext(t.Context(), "set timezone = 'UTC'; "+c.tamper); err != nil {
				t.Fatal(err)
			}
			found := verify(t, d)
			if len(found) == 0 || !strings.Contains(found[0].Problem, c.says) || c.log != "" && found[0].Log != c.log {
				t.Errorf("got %+v", found)
			}
			_ = b
		})
	}
}

func TestAPersonCanBeErasedAndTheChainStillVerifies(t *testing.T) {
	t.Parallel()
	d, b := logged(t)
	seal(t, d)
	b.Exec(`update login_attempts set email = null, ip_address = null, user_agent = null, device = null, personal_salt = null`)
	b.Exec(`delete from audit_personal_values`)
	if found := verify(t, d); len(found) != 0 {
		t.Errorf("got %+v", found)
	}
}

func TestTheTrailNamesActorAndRequestAndHoldsNoSecretOrName(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada := b.User("ada")
	err := d.InTx(t.Context(), db.Origin{Actor: ada.String(), Request: "request-1"}, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), dbtest.SQL("update users set first_name = 'Augusta', password_hash = 'another' where id = $1"), ada)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var entry string
	b.Get(&entry, `select old_values::text || new_values::text || actor_id || request_id || row_id from audit_trail where action = 'update' and table_name = 'users'`)
	for _, wanted := range []string{"request-1", ada.String(), `"password_hash": "secret"`, `"first_name": "digest:`} {
		if !strings.Contains(entry, wanted) {
			t.Errorf("%q is missing in %s", wanted, entry)
		}
	}
	for _, secret := range []string{"Augusta", "another", "First"} {
		if strings.Contains(entry, secret) {
			t.Errorf("%q is in the trail: %s", secret, entry)
		}
	}
	var touched int
	b.Get(&touched, `select count(*) from audit_trail where table_name = 'users'`)
	b.Exec(`update users set last_login_at = now()`)
	var after int
	if b.Get(&after, `select count(*) from audit_trail where table_name = 'users'`); after != touched {
		t.Error("a heartbeat was recorded")
	}
}

func TestTheServingRoleWritesARowOfALogForNow(t *testing.T) {
	t.Parallel()
	d, b := logged(t)
	for _, at := range []string{"'2020-05-05'", "clock_now() + interval '40 days'", "'infinity'"} {
		if _, err := d.ExecContext(t.Context(), `insert into security_audit_log (event, severity, created_at) values ('forged', 'info', `+at+`)`); err == nil {
			t.Errorf("a row for %s was taken", at)
		}
	}
	// Within the month the time is corrected.
	if _, err := d.ExecContext(t.Context(), `insert into security_audit_log (event, severity, created_at)
		values ('forged', 'info', greatest(date_trunc('month', clock_now() at time zone 'UTC') at time zone 'UTC', clock_now() - interval '1 hour'))`); err != nil {
		t.Fatal(err)
	}
	var forged, past int
	b.Get(&forged, `select count(*) from security_audit_log where event = 'forged' and created_at > clock_now() - interval '10 minutes'`)
	b.Get(&past, `select count(*) from security_audit_log where event = 'forged'`)
	if forged != 1 || past != 1 {
		t.Errorf("%d rows, %d of them for now", past, forged)
	}
	b.Exec(`insert into security_audit_log (event, severity, created_at) values ('imported', 'info', '2020-05-05')`)
	if seal(t, d) == 0 || len(verify(t, d)) != 0 {
		t.Errorf("%+v", verify(t, d))
	}
}
