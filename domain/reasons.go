package domain

// Meaning explains a code or a reason to authors of clients. docs/errors.md is written from these lists, and a test
// holds them against the program.
type Meaning struct{ Name, Text string }

// Codes are all codes of an Error.
var Codes = []Meaning{
	{string(CodeInvalid), "The input is not valid and cannot succeed as it is."},
	{string(CodeNotFound), "The object does not exist, or the viewer may not know of it."},
	{string(CodeConflict), "Another change came first, or the object has changed in the meantime."},
	{string(CodeRefused), "A rule does not allow it; the reason names the rule."},
	{string(CodeLocked), "The viewer may not open the content of the item; the reason is that of `access { reason }`."},
	{string(CodeUnauthenticated), "The request needs a signed-in user, or the session has ended."},
	{string(CodeForbidden), "The user lacks a permission; the message names it."},
	{string(CodeOverloaded), "The server is too busy. Nothing was done; try again later."},
	{string(CodeTimeout), "The operation took longer than it may."},
	{string(CodeUnavailable), "The database does not answer or accepts no writes. Try again later; with the reason OUTCOME_UNKNOWN the " +
		"write may have been executed."},
	{string(CodeInternal), "An error of the server. The operator finds the details in the log under the request id."},
}

// Reasons are all reasons of an Error but those of CONTENT_LOCKED, which are the values of the enum AccessReason. Where an
// error travels in userErrors, its reason is the code there.
var Reasons = []Meaning{
	{"ALREADY_CANCELED", "The subscription is already canceled and ends with its period."},
	{"ALREADY_ENDED", "The subscription has ended, or it has not begun."},
	{"CATEGORY_CIRCLE", "The category would come below itself."},
	{"CATEGORY_NOT_EMPTY", "The category has categories or items in it, deleted items included."},
	{"CATEGORY_TOO_DEEP", "The tree of categories would become deeper than it may be."},
	{"DATES_REVERSED", "The end comes before the start."},
	{"FOREIGN_CURSOR", "The cursor belongs to another list, or to another order of this one."},
	{"IDEMPOTENCY_KEY_REUSED", "The idempotency key was used with other input."},
	{"INVALID_CREDENTIALS", "The email address or the password is wrong, the account is not active, or there were too many login attempts."},
	{"INVALID_INPUT", "The email address or the password is missing."},
	{"INVALID_VALUE", "A value is too long, or cannot be stored or compared."},
	{"ITEM_CHANGED", "The item has another version than the one that was expected; the payload has it as it is now."},
	{"LANGUAGE_INVALID", "The language is no BCP 47 tag."},
	{"LIFETIME", "A lifetime plan has no end to cancel at."},
	{"LIST_SIZE", "The list is empty, has more entries than it may, or names something twice."},
	{"NAME_INVALID", "The name contains characters that are not allowed, or is too long."},
	{"NOT_CANCELED", "The subscription is not canceled."},
	{"NOT_IMPORTED", "The item was not imported, so that there is no text of an import."},
	{"ONE_TARGET", "Exactly one of item and category must be given."},
	{"ORDER_INCOMPLETE", "The list must name all categories directly below, each once."},
	{"OUTCOME_UNKNOWN", "The connection was lost while a write was confirmed. Send it again with the same idempotency key to learn what " +
		"became of it; without one, look first."},
	{"OUT_OF_RANGE", "A number is smaller or larger than it may be."},
	{"PREREQUISITE_CIRCLE", "The item would come before itself, perhaps by way of others."},
	{"SLUG_INVALID", "The slug is too long, or contains characters that are not allowed."},
	{"SLUG_TAKEN", "Something else has the slug, or had it before it was deleted."},
	{"STATUS_REFUSED", "The status of the item does not allow the change."},
	{"TEXT_TOO_COMPLEX", "The text cannot be read in time, because of how it is nested."},
	{"TOO_LONG", "A text is longer than it may be."},
	{"USERNAME_INVALID", "The username contains characters that are not allowed, or is too short or too long."},
	{"USERNAME_TAKEN", "Another user has this username."},
}
