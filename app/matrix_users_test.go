package app_test

import (
	"strings"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/storetest"
)

// pupilRow asks something of a user whom nobody else asks about. Whoever may is answered with data, be it what is wrong with the input: the
// rows are asked in any order and by several.
func pupilRow(name, input string, may ...string) row {
	return row{ask: `mutation { ` + name + `(input: {` + input + `}) { userErrors { code } } }`, at: name, may: may}
}

// usersRows are the rows of the matrix for mutations and fields of users.
var usersRows = map[string]row{
	"User.phone":                  authorRow("phone", usersReaders...),
	"User.locale":                 authorRow("locale", usersReaders...),
	"User.timeZone":               authorRow("timeZone", usersReaders...),
	"User.emailVerified":          authorRow("emailVerified", usersReaders...),
	"Mutation.createUser":         pupilRow("createUser", `idempotencyKey: "matrix", email: "new@test.example"`, admin),
	"Mutation.inviteUsers":        pupilRow("inviteUsers", `idempotencyKey: "matrix", users: [{email: "other@test.example"}]`, admin),
	"Mutation.suspendUser":        pupilRow("suspendUser", `idempotencyKey: "matrix", userId: "PUPIL", reason: "r"`, admin),
	"Mutation.restoreUser":        pupilRow("restoreUser", `idempotencyKey: "matrix", userId: "PUPIL", reason: "r"`, admin),
	"Mutation.unlockUser":         pupilRow("unlockUser", `userId: "PUPIL"`, admin),
	"Mutation.revokeUserSessions": pupilRow("revokeUserSessions", `userId: "PUPIL"`, admin),
	"Mutation.forgetDevices":      pupilRow("forgetDevices", ``, everyoneSignedIn...),
	"Mutation.assignRole":         pupilRow("assignRole", `idempotencyKey: "matrix", userId: "PUPIL", role: "editor"`, admin),
	"Mutation.withdrawRole":       pupilRow("withdrawRole", `idempotencyKey: "matrix", userId: "PUPIL", role: "editor"`, admin),
	"Mutation.changePassword":     pupilRow("changePassword", `idempotencyKey: "matrix", currentPassword: "wrong", newPassword: "x"`, everyoneSignedIn...),
	"Mutation.changeEmail":        pupilRow("changeEmail", `idempotencyKey: "matrix", password: "wrong", newEmail: "a@b.example"`, everyoneSignedIn...),
	"Mutation.confirmEmailChange": pupilRow("confirmEmailChange", `token: "unknown"`, everyoneSignedIn...),
	"Mutation.closeAccount":       pupilRow("closeAccount", `idempotencyKey: "matrix", password: "wrong"`, everyoneSignedIn...),
}

// usersThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func usersThings(h *apptest.App) []string {
	h.Exec(`update users set phone = '+4930123456', email_verified_at = now() where username = 'self'`)
	return []string{"PUPIL", domain.FormatID(h.User("pupil"))}
}

// token makes a link for a user, as a mail would have it.
func token(h *apptest.App, user domain.UserID, purpose users.VerificationPurpose, target string) string {
	text := strings.Repeat(string(purpose), 43)[:43]
	h.Exec(`insert into user_verifications (user_id, purpose, target, token_hash, expires_at) values ($1, $2, $3, $4, now() + interval '1 hour')`,
		user, purpose, target, domain.TokenHash(text))
	return text
}

// usersAgain makes what the mutations of users are sent for twice, as pairs like those above, and has the mutations, without their names.
func usersAgain(h *apptest.App) (pairs []string, mutations map[string]string) {
	verified := storetest.Values{"email_verified_at": "2026-01-01T00:00:00Z"}
	pending := storetest.Values{"account_status": "pending"}
	h.UserWithRole("deputy", "admin") // so that the boss is not the last
	pupil, rex := h.User("pupil", verified), h.User("rex", storetest.Values{"account_status": "suspended", "email_verified_at": "2026-01-01T00:00:00Z"})
	h.User("changer")
	h.User("leaver")
	mover := h.User("mover", verified)
	pairs = []string{
		"PUPIL", domain.FormatID(pupil), "REX", domain.FormatID(rex), "TUTOR", domain.FormatID(h.UserWithRole("tutor", "editor")),
		"T_VERIFY", token(h, h.User("late", pending), users.ProveEmail, "late@test.example"),
		"T_INVITE", token(h, h.User("guest", pending), users.Invitation, "guest@test.example"),
		"T_RESET", token(h, h.User("forgetful", verified), users.ResetPassword, "forgetful@test.example"),
		"T_MOVE", token(h, mover, users.ChangeEmail, "moved@test.example"), "T_UNDO", token(h, h.User("robbed", verified), users.UndoEmail, "back@test.example"),
	}
	const user = ` { user { id username } userErrors { code message path } } }`
	const accepted = ` { accepted userErrors { code message path } } }`
	return pairs, map[string]string{
		"register":             `(input: {email: "grace@test.example", password: "correct horse battery"})` + accepted,
		"resendVerification":   `(input: {email: "grace@test.example"})` + accepted,
		"requestPasswordReset": `(input: {email: "grace@test.example"})` + accepted,
		"verifyEmail":          `(input: {token: "T_VERIFY"})` + user,
		"resetPassword":        `(input: {token: "T_RESET", password: "a new moon rises"})` + user,
		"acceptInvitation":     `(input: {token: "T_INVITE", password: "a new moon rises", firstName: "Guest"})` + user,
		"confirmEmailChange":   `(input: {token: "T_MOVE"})` + user,
		"undoEmailChange":      `(input: {token: "T_UNDO"})` + user,
		"changePassword":       `(input: {idempotencyKey: "k", currentPassword: "` + storetest.Password + `", newPassword: "` + storetest.Password + ` 2"})` + user,
		"changeEmail":          `(input: {idempotencyKey: "k", password: "` + storetest.Password + `", newEmail: "boss2@test.example"})` + accepted,
		"closeAccount":         `(input: {idempotencyKey: "k", password: "` + storetest.Password + `"}) { closed userErrors { code message path } } }`,
		"createUser":           `(input: {idempotencyKey: "k", email: "new@test.example", role: "editor"})` + user,
		"inviteUsers":          `(input: {idempotencyKey: "k", users: [{email: "one@test.example"}, {email: "two@test.example"}]}) { results { index user { id email accountStatus } userErrors { message } } userErrors { message } } }`,
		"suspendUser":          `(input: {idempotencyKey: "k", userId: "PUPIL", reason: "<b>\"rude\"</b> \u2764"})` + user,
		"restoreUser":          `(input: {idempotencyKey: "k", userId: "REX", reason: "sorry"})` + user,
		"unlockUser":           `(input: {userId: "TUTOR"})` + user,
		"revokeUserSessions":   `(input: {userId: "TUTOR"}) { ended userErrors { code message path } } }`,
		"forgetDevices":        `(input: {userId: "TUTOR"})` + user,
		"assignRole":           `(input: {idempotencyKey: "k", userId: "TUTOR", role: "analyst", expiresAt: "2049-01-01T00:00:00.123456789+02:00"}) { assignment { user { id } role { name } grantedBy { id } grantedAt expiresAt } userErrors { code message path } } }`,
		"withdrawRole":         `(input: {idempotencyKey: "k", userId: "TUTOR", role: "editor"})` + user,
	}
}

// againBy are the users who send what the boss cannot: their password and their account change by it.
var againBy = map[string]string{"changePassword": "changer", "closeAccount": "leaver", "confirmEmailChange": "mover"}
