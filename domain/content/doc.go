// Package content holds what is true of the catalogue and of learning: categories, items, grants, progress. Enter at
// Service. Who may open an item is decided in the view user_content_access; access.go names the reasons it gives, and Downloads
// gives files out by it.
package content
