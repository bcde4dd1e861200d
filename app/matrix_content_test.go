package app_test

import (
	"fmt"
	"strings"

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
	"Mutation.createItem":        writes("createItem", `idempotencyKey: "matrix", title: "New", categoryId: "SHELF"`, "item"),
	"Mutation.updateItem":        writes("updateItem", `idempotencyKey: "matrix", itemId: "PAGE", expectedVersion: 1, title: "Other"`, "item"),
	"Mutation.publishItem":       writes("publishItem", `itemId: "PAGE"`, "item"),
	"Mutation.scheduleItem":      writes("scheduleItem", `itemId: "SKETCH", at: "2030-01-01T00:00:00Z"`, "item"),
	"Mutation.unpublishItem":     writes("unpublishItem", `itemId: "PAGE"`, "item"),
	"Mutation.archiveItem":       writes("archiveItem", `itemId: "PAGE"`, "item"),
	"Mutation.deleteItem":        writes("deleteItem", `itemId: "WASTE"`, "item"),
	"Mutation.restoreItem":       writes("restoreItem", `itemId: "WASTE"`, "item"),
	"Mutation.acceptImport":      writes("acceptImport", `idempotencyKey: "matrix", itemId: "TAKEN", expectedVersion: 1`, ""),
	"ContentItem.importedBody":   {ask: `{ contentItem(id: "ASIDE") { importedBody } }`, at: "contentItem.importedBody", may: authors},
	"ContentItem.importConflict": {ask: `{ contentItem(id: "ASIDE") { importConflict } }`, at: "contentItem.importConflict", may: authors},
	"Mutation.publishItems": {
		ask: `mutation { publishItems(input: {idempotencyKey: "matrix", mode: EACH, itemIds: ["PAGE"]}) { results { item { id } } userErrors { code } } }`,
		at:  "publishItems.results.0.item", may: authors,
	},
	"Mutation.grantContentAccessBulk": {
		ask: `mutation { grantContentAccessBulk(input: {idempotencyKey: "matrix", mode: ALL_OR_NOTHING, rows: [{userId: "USER", itemId: "PAGE"}]}) { results { grant { id } } userErrors { code } } }`,
		at:  "grantContentAccessBulk.results.0.grant", may: []string{admin, support},
	},
	"Mutation.setUnlock": {
		ask: `mutation { setUnlock(input: {idempotencyKey: "matrix", userId: "USER", itemId: "PAGE", opensAt: "2049-01-01T00:00:00Z"}) { unlock { opensAt } userErrors { code } } }`,
		at:  "setUnlock.unlock", may: []string{admin, support},
	},
}

// imported makes an item that was imported with another body than it has; its version is 1.
func imported(h *apptest.App, category domain.CategoryID, slug string) domain.ItemID {
	id := h.Item(category, slug, 0)
	h.Exec(`insert into content_sources (content_id, source, path, document, checksum, taken_digest) values ($1, 's', $2, $2, sha256(''), sha256(''))`, id, slug)
	h.Exec(`insert into content_imported_texts (content_id, title, summary, preview, summary_is_authored, preview_is_authored, kind, duration_seconds, language, tags, body, files)
		values ($1, 'Imported', '', '', false, false, 'lesson', 60, 'en', '{a}', 'The body of the folder.', '[]')`, id)
	return id
}

// contentThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func contentThings(h *apptest.App) []string {
	hall, desk := h.Category("hall"), h.Category("writers-desk")
	return []string{
		"TAKEN", domain.FormatID(imported(h, desk, "given-up")), "ASIDE", domain.FormatID(imported(h, desk, "aside")), "PAGE", domain.FormatID(h.Item(desk, "page", 2)), "WASTE", domain.FormatID(h.Item(desk, "waste", 2)),
		"SKETCH", domain.FormatID(h.Item(desk, "sketch", 2, storetest.Values{"status": "draft", "published_at": nil})),
		"HALL", domain.FormatID(hall), "SHELF", domain.FormatID(h.Category("writable")), "EMPTY", domain.FormatID(h.Category("nothing")),
		"BOARD", domain.FormatID(h.Category("board", storetest.Values{"parent_id": hall})),
	}
}

const ofItem = `{ item { id slug title summary preview kind status accessLevel durationSeconds language tags publishedAt updatedAt version deletedAt category { id } author { id }
	body access { reason } prerequisites { id } } userErrors { code message path } } }`

const ofCategory = `{ category { id slug name summary parent { id } path { id } } userErrors { code message path } } }`

// contentAgain makes what the mutations of content are sent for twice, as pairs like those above, and has the mutations, without their names.
func contentAgain(h *apptest.App) (pairs []string, mutations map[string]string) {
	hall, attic := h.Category("hall"), h.Category("attic")
	draft := storetest.Values{"status": "draft", "published_at": nil}
	pairs = []string{
		"TAKEN", domain.FormatID(imported(h, attic, "taken")), "PAGE", domain.FormatID(h.Item(attic, "page", 2)), "WASTE", domain.FormatID(h.Item(attic, "waste", 2)),
		"LEAF", domain.FormatID(h.Item(attic, "leaf", 2)), "SKETCH", domain.FormatID(h.Item(attic, "sketch", 2, draft)), "NOTES", domain.FormatID(h.Item(attic, "plan", 2, draft)),
		"LOST", domain.FormatID(h.Item(attic, "lost", 2, storetest.Values{"deleted_at": "2026-01-01T00:00:00Z"})),
		"HALL", domain.FormatID(hall), "SHELF", domain.FormatID(h.Category("writable")), "EMPTY", domain.FormatID(h.Category("nothing")),
		"BOARD", domain.FormatID(h.Category("board", storetest.Values{"parent_id": hall})),
		"ATTIC", domain.FormatID(attic), "PLANK", domain.FormatID(h.Category("plank", storetest.Values{"parent_id": attic})),
	}
	mutations = map[string]string{
		"createCategory":    `(input: {idempotencyKey: "k", name: "New \"é\"", parentId: "HALL", summary: "Two\nlines"}) ` + ofCategory,
		"updateCategory":    `(input: {categoryId: "SHELF", name: "Other", slug: "other", summary: ""}) ` + ofCategory,
		"moveCategory":      `(input: {categoryId: "BOARD", parentId: "SHELF"}) ` + ofCategory,
		"reorderCategories": `(input: {parentId: "ATTIC", categoryIds: ["PLANK"]}) { categories { id name } userErrors { code message path } } }`,
		"createItem": `(input: {idempotencyKey: "k", title: "New", categoryId: "HALL", body: "Free.\n\n<!-- more -->\n\nNot.", tags: ["B", "a"], accessLevel: 2,
			prerequisiteIds: ["PAGE"], language: "pt-br"}) ` + ofItem,
		"updateItem":    `(input: {idempotencyKey: "k", itemId: "PAGE", expectedVersion: 1, title: "Other", body: "Else.", tags: [], withoutAuthor: true}) ` + ofItem,
		"publishItem":   `(input: {itemId: "SKETCH"}) ` + ofItem,
		"scheduleItem":  `(input: {itemId: "NOTES", at: "2030-01-01T00:00:00.123456Z"}) ` + ofItem,
		"unpublishItem": `(input: {itemId: "LEAF"}) ` + ofItem,
		"archiveItem":   `(input: {itemId: "LEAF"}) ` + ofItem,
		"deleteItem":    `(input: {itemId: "WASTE"}) ` + strings.Replace(ofItem, "body ", "", 1),
		"restoreItem":   `(input: {itemId: "LOST"}) ` + ofItem,
		"acceptImport":  `(input: {idempotencyKey: "k", itemId: "TAKEN", expectedVersion: 1}) ` + ofItem,
		"publishItems":  `(input: {idempotencyKey: "k", mode: EACH, itemIds: ["ITEM", "SKETCH"]}) { results { index item { id title tags status version publishedAt } userErrors { message path } } userErrors { code message path } } }`,
		"grantContentAccessBulk": `(input: {idempotencyKey: "k", mode: EACH, rows: [{userId: "ADA", itemId: "ITEM", reason: "r"}, {userId: "ADA"}]}) {
			results { index grant { id startsAt reason } userErrors { message path } } userErrors { code message path } } }`,
		"setUnlock":      `(input: {idempotencyKey: "k", userId: "ADA", itemId: "ITEM", opensAt: "2049-01-01T00:00:00.1Z"}) { unlock { opensAt user { id } item { id } } userErrors { code message path } } }`,
		"deleteCategory": `(input: {idempotencyKey: "k", categoryId: "EMPTY", moveContentTo: "HALL"}) ` + ofCategory,
	}
	return pairs, mutations
}

// contentAlike are inputs of the mutations of content that change nothing when they are sent again.
func contentAlike(who, item, user, category string) map[string][]string {
	key, of := fmt.Sprintf("idempotencyKey: %q, ", "alike "+who), fmt.Sprintf("itemId: %q", item)
	const none = `itemId: "item_0190c0ffee00700080000000000000ff"`
	return map[string][]string{
		"createCategory": {key + `name: "Alike"`}, "updateCategory": {fmt.Sprintf("categoryId: %q", category)},
		"moveCategory": {fmt.Sprintf("categoryId: %q", category)}, "reorderCategories": {"categoryIds: []"},
		"deleteCategory": {key + fmt.Sprintf("categoryId: %q", category)},
		"createItem":     {key + fmt.Sprintf(`title: "Alike", categoryId: %q`, category)}, "updateItem": {key + of + ", expectedVersion: 999"},
		"publishItem": {of}, "scheduleItem": {of + `, at: "2020-01-01T00:00:00Z"`}, "unpublishItem": {none}, "archiveItem": {none}, "deleteItem": {none},
		"restoreItem": {of}, "setUnlock": {key + of + fmt.Sprintf(", userId: %q", user)}, "acceptImport": {key + of + ", expectedVersion: 999"},
		"publishItems":           {key + fmt.Sprintf(`mode: EACH, itemIds: [%q, "item_0190c0ffee00700080000000000000ff"]`, item)},
		"grantContentAccessBulk": {key + fmt.Sprintf(`mode: EACH, rows: [{userId: %q, itemId: %q}, {userId: %q}]`, user, item, user)},
	}
}
