package app_test

import (
	"testing"

	"lyceum/app/apptest"
	"lyceum/store/storetest"
)

// robbed is Ada's account after a thief who knew the password moved it to another address; the token is of her way back.
func robbed(t *testing.T, h *apptest.App) (thief *apptest.Caller, back string) {
	t.Helper()
	h.User("ada")
	thief = h.As(t, "ada@test.example")
	return thief, moved(t, h, thief, "k", "ada@test.example", "thief@other.example")
}

func TestASquattedAddressStopsNoWayBack(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	thief, back := robbed(t, h)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "ada@test.example", "password": "the squatter's own"})
	h.Work(t)
	squat := last(t, h, "ada@test.example", 2).Token
	if a := visitor.Must(undoEmail, vars{"token": back}); a.String("undoEmailChange.user.username") != "ada" {
		t.Fatal(a.Raw)
	}
	if a := thief.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the thief is still in")
	}
	if a := visitor.Must(verifyEmail, vars{"token": squat}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
		t.Errorf("the squatter's link: %s", a.Raw)
	}
	visitor.Must(reset, vars{"token": last(t, h, "ada@test.example", 3).Token, "password": "a new moon rises"})
	h.SignIn(t, "ada@test.example", "a new moon rises")
}

func TestAWayBackToATakenAddressLeavesNothingOpenToTheThief(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	thief, back := robbed(t, h)
	h.Later(t, "2 minutes")
	further := moved(t, h, thief, "2", "thief@other.example", "den@other.example")
	h.User("second", storetest.Values{"email": "Ada@test.example", "email_verified_at": "2026-01-01T00:00:00Z"})
	h.Later(t, "2 minutes")
	thief.Must(changeEmail, vars{"key": "3", "email": "third@other.example"}) // waits
	visitor := h.Anonymous(t)
	for range 2 {
		if a := visitor.Must(undoEmail, vars{"token": back}); codes(a, "undoEmailChange") != "EMAIL_TAKEN" {
			t.Fatal(a.Raw)
		}
	}
	if a := thief.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the thief is still in")
	}
	if a := visitor.Must(signIn, vars{"email": "den@other.example", "password": storetest.Password}); codes(a, "signIn") == "" {
		t.Error("the thief's password opens the account")
	}
	if a := visitor.Must(undoEmail, vars{"token": further}); codes(a, "undoEmailChange") != "TOKEN_INVALID" {
		t.Errorf("the thief's way back: %s", a.Raw)
	}
	visitor.Must(requestReset, vars{"email": "den@other.example"})
	h.Work(t)
	last(t, h, "den@other.example", 1) // the link that proved it
	if m := h.Mails(t, "third@other.example"); len(m) > 0 {
		t.Errorf("the change that waited was sent: %+v", m)
	}
	h.SignIn(t, "ada@test.example", storetest.Password).Must(closeAccount, nil)
	if a := visitor.Must(undoEmail, vars{"token": back}); a.String("undoEmailChange.user.username") != "ada" {
		t.Fatalf("once the address is free: %s", a.Raw)
	}
	mails := h.Mails(t, "ada@test.example")
	visitor.Must(reset, vars{"token": mails[len(mails)-1].Token, "password": "a new moon rises"})
	h.SignIn(t, "ada@test.example", "a new moon rises")
}

func TestASquattedAddressStopsNobodyFromMovingToTheirs(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	ada, visitor := h.As(t, "ada@test.example"), h.Anonymous(t)
	ada.Must(changeEmail, vars{"email": "lovelace@new.example"})
	h.Work(t)
	link := last(t, h, "lovelace@new.example", 1).Token
	visitor.Must(register, vars{"email": "Lovelace@new.example"})
	h.Work(t)
	if a := ada.Must(confirmEmail, vars{"token": link}); a.String("confirmEmailChange.user.username") != "ada" {
		t.Fatal(a.Raw)
	}
	if a := visitor.Must(verifyEmail, vars{"token": last(t, h, "lovelace@new.example", 2).Token}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
		t.Error(a.Raw)
	}
}

func TestAChangeOfAddressThatWaitsEndsWithAReset(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	thief, visitor := h.As(t, "ada@test.example"), h.Anonymous(t)
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	thief.Must(changeEmail, vars{"email": "thief@other.example"})
	if a := visitor.Must(reset, vars{"token": last(t, h, "ada@test.example", 1).Token, "password": "a new moon rises"}); codes(a, "resetPassword") != "" {
		t.Fatal(a.Raw)
	}
	h.Work(t)
	if m := h.Mails(t, "thief@other.example"); len(m) > 0 {
		t.Errorf("%+v", m)
	}
}

func TestNobodyIsMovedToAnAddressByTheClickOfItsReader(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada", storetest.Values{"email": "ada@elsewhere.example"})
	h.User("mallory")
	mallory, ada, visitor := h.As(t, "mallory@test.example"), h.As(t, "ada@elsewhere.example"), h.Anonymous(t)
	mallory.Must(changeEmail, vars{"email": "ada@test.example"})
	h.Work(t)
	token := last(t, h, "ada@test.example", 1).Token
	if a := visitor.Ask(confirmEmail, vars{"token": token}); len(a.Codes()) != 1 || a.Codes()[0] != "UNAUTHENTICATED" {
		t.Errorf("a visitor: %s", a.Raw)
	}
	if a := ada.Must(confirmEmail, vars{"token": token}); codes(a, "confirmEmailChange") != "TOKEN_INVALID" {
		t.Errorf("another user: %s", a.Raw)
	}
	if a := mallory.Must(confirmEmail, vars{"token": token}); a.String("confirmEmailChange.user.username") != "mallory" {
		t.Errorf("who asked: %s", a.Raw)
	}
}
