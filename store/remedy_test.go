package store_test

import (
	"testing"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store"
	"lyceum/store/storetest"
)

func TestTheRemedyNamesThePlanOfTheSmallestFirstPayment(t *testing.T) {
	t.Parallel()
	type plan struct {
		name, cycle, currency string
		price, level          int
		trial                 int
		off                   bool
	}
	for name, c := range map[string]struct {
		plans []plan // in the order of the price list
		want  string
	}{
		"a month before a lifetime":             {[]plan{{name: "lifetime", cycle: "lifetime", price: 59000}, {name: "month", price: 2900}}, "month"},
		"a month before a cheap year":           {[]plan{{name: "year", cycle: "yearly", price: 9900}, {name: "month", price: 2900}}, "month"},
		"of one first payment the longer":       {[]plan{{name: "month", price: 2900}, {name: "year", cycle: "yearly", price: 2900}}, "year"},
		"of one first payment the endless":      {[]plan{{name: "year", cycle: "yearly", price: 2900}, {name: "lifetime", cycle: "lifetime", price: 2900}}, "lifetime"},
		"of equal plans the first on the list":  {[]plan{{name: "first", price: 2900}, {name: "second", price: 2900}}, "first"},
		"a trial does not make it cheaper":      {[]plan{{name: "trial", price: 2900, trial: 30}, {name: "month", price: 1900}}, "month"},
		"what opens too little is left out":     {[]plan{{name: "low", price: 900, level: 2}, {name: "high", price: 2900}}, "high"},
		"what is not sold is left out":          {[]plan{{name: "old", price: 900, off: true}, {name: "new", price: 2900}}, "new"},
		"another currency is not compared":      {[]plan{{name: "euro", price: 2900}, {name: "yen", price: 300, currency: "JPY"}}, "euro"},
		"the first currency is of what opens":   {[]plan{{name: "low", price: 900, level: 1}, {name: "yen", price: 3000, currency: "JPY"}, {name: "euro", price: 2900}}, "yen"},
		"the first currency is of what is sold": {[]plan{{name: "old", price: 900, currency: "USD", off: true}, {name: "euro", price: 2900}}, "euro"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			b := storetest.New(t, d.Owner)
			item := b.Item(b.Category("c"), "paid", 3)
			names := map[domain.PlanID]string{}
			for _, p := range c.plans {
				values := storetest.Values{"price_minor": p.price, "trial_days": p.trial, "is_offered": !p.off}
				if p.cycle != "" {
					values["billing_cycle"] = p.cycle
				}
				if p.currency != "" {
					values["currency"] = p.currency
				}
				level := 3
				if p.level > 0 {
					level = p.level
				}
				names[b.Plan(level, values)] = p.name
			}
			facts, err := store.NewReader(d.DB).LockFacts(t.Context(), domain.Anonymous, []domain.ItemID{item})
			if err != nil || len(facts) != 1 || facts[0].PlanID == nil {
				t.Fatalf("%+v, %v", facts, err)
			}
			if got := names[*facts[0].PlanID]; got != c.want {
				t.Errorf("the remedy is %q, not %q", got, c.want)
			}
		})
	}
}
