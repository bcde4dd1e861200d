package app_test

import (
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
)

func TestTheAuditLogSaysWhereAChangeCameFromUntilThatIsErased(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	ada := h.User("ada")
	h.As(t, "ada@test.example").Must(`mutation { updateProfile(input: {firstName: "New"}) { user { id } } }`)
	boss := h.As(t, "boss@test.example")
	ask := `{ auditLog(first: 1, filter: {table: "users", actorId: "` + domain.FormatID(ada) + `"}) { nodes { id sessionId ipAddress userAgent requestId actor { username } } } }`
	a := boss.Must(ask)
	var session domain.SessionID
	h.Get(&session, `select id from user_sessions where user_id = $1`, ada)
	for path, want := range map[string]string{
		"auditLog.nodes.0.sessionId": domain.FormatID(session), "auditLog.nodes.0.ipAddress": "127.0.0.1", "auditLog.nodes.0.userAgent": "Go-http-client/1.1",
		"auditLog.nodes.0.actor.username": "ada",
	} {
		if got := a.String(path); got != want {
			t.Errorf("%s is %q, not %q", path, got, want)
		}
	}
	if node := boss.Must(`{ node(id: "` + a.String("auditLog.nodes.0.id") + `") { ... on AuditEntry { ipAddress } } }`); node.String("node.ipAddress") != "127.0.0.1" {
		t.Errorf("as a node: %s", node.Raw)
	}
	h.Exec(`delete from audit_personal_values where subject_id = $1`, ada)
	if a = boss.Must(ask); a.At("auditLog.nodes.0.ipAddress") != nil || a.At("auditLog.nodes.0.userAgent") != nil || a.String("auditLog.nodes.0.sessionId") == "" {
		t.Errorf("erased: %s", a.Raw)
	}
}
