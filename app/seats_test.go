package app_test

import (
	"fmt"
	"strings"
	"testing"

	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestSeatsByAddressTellOfFewAccountsADay(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	boss := m.User("boss")
	sub := domain.FormatID(m.Subscription(boss, m.Plan(2), storetest.Values{"seats": 3}))
	caller := m.As(t, "boss@test.example")
	guest := domain.FormatID(m.verified("guest"))
	const fields = `seat { createdAt }`
	to := func(more string) string { return `subscriptionId: "` + sub + `", ` + more }
	for i := range 20 {
		m.want("NOT_FOUND", caller, "assignSeat", to(fmt.Sprintf(`email: "nobody%d@test.example"`, i)), fields)
	}
	known, _ := m.do(caller, "assignSeat", to(`email: "guest@test.example"`), fields)
	unknown, _ := m.do(caller, "assignSeat", to(`email: "nobody@test.example"`), fields)
	if known.Raw != unknown.Raw || known.String("assignSeat.userErrors.0.code") != "TOO_MANY_REQUESTS" {
		t.Errorf("%s is not %s", known.Raw, unknown.Raw)
	}
	m.want("", caller, "assignSeat", to(`userId: "`+guest+`"`), fields)
	m.verified("second")
	m.want("", till, "assignSeat", to(`email: "second@test.example"`), fields)
	// Where no seat is left, no address is looked for.
	m.Later(t, "25 hours")
	caller = m.As(t, "boss@test.example") // the session has ended
	m.want("NO_SEAT_LEFT", caller, "assignSeat", to(`email: "guest@test.example"`), fields)
	m.want("NO_SEAT_LEFT", caller, "assignSeat", to(`email: "nobody@test.example"`), fields)
	m.want("", caller, "withdrawSeat", to(`userId: "`+guest+`"`), `subscription { id }`)
	m.want("NOT_FOUND", caller, "assignSeat", to(`email: "nobody@test.example"`), fields)
	m.want("", caller, "assignSeat", to(`email: "guest@test.example"`), fields)
}

func TestALargeTeamIsSeatedByAddressInOneDay(t *testing.T) {
	t.Parallel()
	m, _ := newMoney(t)
	sub := domain.FormatID(m.Subscription(m.User("boss"), m.Plan(2), storetest.Values{"seats": 25}))
	caller := m.As(t, "boss@test.example")
	for i := range 24 {
		m.verified(fmt.Sprintf("guest%d", i))
		m.want("", caller, "assignSeat", fmt.Sprintf(`subscriptionId: "%s", email: "guest%d@test.example"`, sub, i), `seat { createdAt }`)
	}
}

func TestASeatThatIsGivenAndTakenAllDayIsToldOnce(t *testing.T) {
	t.Parallel()
	m, _ := newMoney(t)
	sub := domain.FormatID(m.Subscription(m.User("boss"), m.Plan(2), storetest.Values{"seats": 2}))
	caller, guest := m.As(t, "boss@test.example"), domain.FormatID(m.User("guest"))
	input := `subscriptionId: "` + sub + `", userId: "` + guest + `"`
	for range 3 {
		m.want("", caller, "assignSeat", input, `seat { createdAt }`)
		m.want("", caller, "withdrawSeat", input, `subscription { id }`)
	}
	if got := m.templates("guest"); strings.Count(got, "plans.seat_assigned") > 2 { // the day may turn
		t.Error(got)
	}
}

func TestASeatGoesToTheAddressAsAccountsCompareIt(t *testing.T) {
	t.Parallel()
	m, _ := newMoney(t)
	sub := domain.FormatID(m.Subscription(m.User("boss"), m.Plan(2), storetest.Values{"seats": 2}))
	m.verified("large", storetest.Values{"email": "ÄDA@test.example"})
	a := m.want("NOT_FOUND", m.As(t, "boss@test.example"), "assignSeat", `subscriptionId: "`+sub+`", email: "äda@test.example"`, `seat { createdAt }`)
	if a.At("assignSeat.seat") != nil {
		t.Error(a.Raw)
	}
}
