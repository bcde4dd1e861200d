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
	{"DATES_REVERSED", "The end comes before the start."},
	{"EMAIL_INVALID", "The text is not an email address that mail can be sent to."},
	{"EMAIL_TAKEN", "Another account has this email address."},
	{"EMPTY_LIST", "The list is empty."},
	{"FOREIGN_CURSOR", "The cursor belongs to another list, or to another order of this one."},
	{"IDEMPOTENCY_KEY_REUSED", "The idempotency key was used with other input."},
	{"INVALID_CREDENTIALS", "The email address or the password is wrong, the account is not active, or there were too many login attempts."},
	{"INVALID_INPUT", "The email address or the password is missing."},
	{"INVALID_VALUE", "A value is too long, or cannot be stored or compared."},
	{"LAST_ADMINISTRATOR", "The school would be left without an administrator."},
	{"LIFETIME", "A lifetime plan has no end to cancel at."},
	{"LOCALE_INVALID", "The text is not a language tag."},
	{"MORE_RIGHTS", "The user or the role has permissions that the viewer lacks."},
	{"NAME_INVALID", "The name contains characters that are not allowed, or is too long."},
	{"NOT_CANCELED", "The subscription is not canceled."},
	{"ONE_TARGET", "Exactly one of item and category must be given."},
	{"OUTCOME_UNKNOWN", "The connection was lost while a write was confirmed. Send it again with the same idempotency key to learn what " +
		"became of it; without one, look first."},
	{"OUT_OF_RANGE", "A number is smaller or larger than it may be."},
	{"PASSWORD_COMMON", "The password is among the most common ones."},
	{"PASSWORD_LIKE_IDENTITY", "The password is too much like the name or the address of the account."},
	{"PASSWORD_REUSED", "The password is one of the last ones of the account."},
	{"PASSWORD_TOO_LONG", "The password is too long."},
	{"PASSWORD_TOO_SHORT", "The password is too short."},
	{"PASSWORD_WEAK", "The password is easy to guess."},
	{"PASSWORD_WRONG", "The current password is wrong, or there were too many attempts."},
	{"PHONE_INVALID", "The text is not a phone number in international form."},
	{"TIME_ZONE_INVALID", "The text is not the name of a time zone."},
	{"TOKEN_INVALID", "The link was used already, has expired, or is not complete."},
	{"TOO_LONG", "A text is longer than it may be."},
	{"TOO_MANY_REQUESTS", "There were too many such requests from the user, or from the network of the client."},
	{"TOO_MANY_ROWS", "The list is too long."},
	{"USERNAME_INVALID", "The username contains characters that are not allowed, or is too short or too long."},
	{"USERNAME_TAKEN", "Another user has this username."},
	{"WRONG_STATUS", "The account does not have the status that the change needs."},
	{"YOURSELF", "Nobody can do this to themselves."},
}
