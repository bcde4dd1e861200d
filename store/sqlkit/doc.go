// Package sqlkit is what the SQL of all domains is made with: declared statements, columns and projections, lists in keyset
// pages, and errors in the words of the domain. It holds no table's name. Whatever is sent to the database is declared as a
// variable of a package, by Statement, Select, Pages, NewList, Joined or ChildrenOf; Declared returns all of it with every form
// that it can take, for the one test that prepares them. Begin with statement.go.
package sqlkit
