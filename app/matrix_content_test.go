package app_test

import (
	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// authors may write content.
var authors = []string{admin, editor}

// writes is the row of a mutation of authors; field is what its payload answers with, empty where only the first caller gets it.
func writes(mutation, input, field string) row {
	at := mutation
	ask := `mutation { ` + mutation + `(input: {` + input + `}) { userErrors { code } } }`
	if field != "" {
		at, ask = mutation+"."+field, `mutation { `+mutation+`(input: {`+input+`}) { `+field+` { id } userErrors { code } } }`
	}
	return row{ask: ask, at: at, may: authors}
}

// contentRows are the rows of the matrix for mutations and fields of content.
var contentRows = map[string]row{
	"Mutation.createCategory":    writes("createCategory", `idempotencyKey: "matrix", name: "New"`, "category"),
	"Mutation.updateCategory":    writes("updateCategory", `categoryId: "SHELF", name: "Other"`, "category"),
	"Mutation.moveCategory":      writes("moveCategory", `categoryId: "SHELF"`, "category"),
	"Mutation.reorderCategories": writes("reorderCategories", `parentId: "HALL", categoryIds: ["BOARD"]`, "categories"),
	"Mutation.deleteCategory":    writes("deleteCategory", `idempotencyKey: "matrix", categoryId: "EMPTY"`, ""),
}

// contentThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func contentThings(h *apptest.App) []string {
	hall := h.Category("hall")
	return []string{
		"HALL", domain.FormatID(hall), "SHELF", domain.FormatID(h.Category("writable")), "EMPTY", domain.FormatID(h.Category("nothing")),
		"BOARD", domain.FormatID(h.Category("board", storetest.Values{"parent_id": hall})),
	}
}

const ofCategory = `{ category { id slug name summary parent { id } path { id } } userErrors { code message path } } }`

// contentAgain makes what the mutations of content are sent for twice, as pairs like those above, and has the mutations, without their names.
func contentAgain(h *apptest.App) (pairs []string, mutations map[string]string) {
	hall, attic := h.Category("hall"), h.Category("attic")
	return []string{
		"HALL", domain.FormatID(hall), "SHELF", domain.FormatID(h.Category("writable")), "EMPTY", domain.FormatID(h.Category("nothing")),
		"BOARD", domain.FormatID(h.Category("board", storetest.Values{"parent_id": hall})),
		"ATTIC", domain.FormatID(attic), "PLANK", domain.FormatID(h.Category("plank", storetest.Values{"parent_id": attic})),
	}, map[string]string{
		"createCategory":    `(input: {idempotencyKey: "k", name: "New \"é\"", parentId: "HALL", summary: "Two\nlines"}) ` + ofCategory,
		"updateCategory":    `(input: {categoryId: "SHELF", name: "Other", slug: "other", summary: ""}) ` + ofCategory,
		"moveCategory":      `(input: {categoryId: "BOARD", parentId: "SHELF"}) ` + ofCategory,
		"reorderCategories": `(input: {parentId: "ATTIC", categoryIds: ["PLANK"]}) { categories { id name } userErrors { code message path } } }`,
		"deleteCategory":    `(input: {idempotencyKey: "k", categoryId: "EMPTY", moveContentTo: "HALL"}) ` + ofCategory,
	}
}
