package domain

// Meaning explains a code or a reason to whoever writes a client. docs/errors.md is written from these lists, and a test
// holds them against the program.
type Meaning struct{ Name, Text string }

// Codes are all codes of an Error.
var Codes = []Meaning{
	{string(CodeInvalid), "The input can never be right."},
	{string(CodeNotFound), "There is no such thing, or none that this viewer may know of."},
	{string(CodeConflict), "Somebody else was first, or the thing has changed."},
	{string(CodeRefused), "A rule says no; the reason names it."},
	{string(CodeLocked), "The access decision keeps an item's content closed; the reason is the one of `access { reason }`."},
	{string(CodeUnauthenticated), "Sign in first, or sign in again."},
	{string(CodeForbidden), "Signed in, but not allowed; the message names the permission."},
	{string(CodeOverloaded), "The server is too busy right now. Try again later; nothing was done."},
	{string(CodeTimeout), "The operation took longer than it may."},
	{string(CodeUnavailable), "The database does not answer, or can store nothing. Try again later; with the reason OUTCOME_UNKNOWN the " +
		"write may have been done."},
	{string(CodeInternal), "A fault of the server. The operator finds the details in the log under the request id."},
}

// Reasons are all reasons of an Error but those of CONTENT_LOCKED, which are the values of the enum AccessReason. Where an
// error travels in userErrors, its reason is the code there.
var Reasons = []Meaning{
	{"ALREADY_CANCELED", "The subscription is canceled already and ends with its period."},
	{"ALREADY_ENDED", "The subscription has ended."},
	{"DATES_REVERSED", "The end comes before the start."},
	{"FOREIGN_CURSOR", "The cursor belongs to another list, or to another order of this one."},
	{"IDEMPOTENCY_KEY_REUSED", "The idempotency key was used with other input."},
	{"INVALID_CREDENTIALS", "Email or password is wrong, the account is not active, or there were too many tries."},
	{"INVALID_INPUT", "There is no email address and password."},
	{"INVALID_VALUE", "A value is too long, or cannot be stored or compared."},
	{"LIFETIME", "A lifetime plan has no end to cancel at."},
	{"NAME_INVALID", "This has not the form of a name."},
	{"NOT_CANCELED", "The subscription is not canceled."},
	{"ONE_TARGET", "Name an item or a category, one of the two."},
	{"OUTCOME_UNKNOWN", "The connection was lost while a write was confirmed. Send it again with the same idempotency key to learn what " +
		"became of it; without one, look first."},
	{"OUT_OF_RANGE", "A number is smaller or larger than it may be."},
	{"TOO_LONG", "A text is longer than it may be."},
	{"USERNAME_INVALID", "This has not the form of a username."},
	{"USERNAME_TAKEN", "Somebody has this username."},
}
