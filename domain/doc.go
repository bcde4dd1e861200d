// Package domain holds the words that every domain shares: errors, ids, time, money, pages, and who is asking.
//
// The rules live one floor down, in users, plans, content, analytics and security: five equal shelves that never import
// each other. Nothing here or below knows SQL, HTTP or GraphQL.
package domain
