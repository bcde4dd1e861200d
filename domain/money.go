package domain

// Money is an amount in minor units (cents for EUR) of an ISO 4217 currency. It is never a float.
type Money struct {
	Amount   int64
	Currency string
}
