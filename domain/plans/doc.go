// Package plans holds what follows from money: plans, subscriptions and how they change. Rules are pure functions of
// (state, command, time); enter at Service. What a subscription opens is decided in the view user_content_access.
package plans
