package content

import (
	"fmt"
	"strings"
)

// LowestPaidLevel is the lowest access level that a plan opens. A document that must be paid for and names no level gets it.
const LowestPaidLevel = 2

// asks is what a document asks for about access, to be compared with what it asked for before.
func (d *Document) asks() string {
	var all []string
	if d.Level != nil {
		all = append(all, fmt.Sprintf("level %d", *d.Level))
	}
	for _, word := range []struct {
		is   bool
		word string
	}{{d.Paid != "", "paid"}, {d.Draft, "draft"}, {d.Closed, "closed"}} {
		if word.is {
			all = append(all, word.word)
		}
	}
	return strings.Join(all, ", ")
}

// standing is where an item stands: its status and its level.
type standing struct {
	status ItemStatus
	level  int32
}

// standingOf decides where the item of a document will stand; k is what is there already, nil for a new item.
//
// A flag that was not given changes nothing that is there. Documents close, they do not open: an item that is there becomes a draft, or rises
// to a level, when its document has come to ask for that. What a document asked for before does not count again, because an editor may
// have decided otherwise since. doubt is why a document that is understood is closed all the same.
func (c ImportCommand) standingOf(d *Document, k *SourceItem) (then standing, doubt string) {
	now := standing{status: Draft}
	if k != nil {
		now = standing{status: k.standsAs(), level: k.Level}
	}
	news := k == nil || k.Asks == nil || *k.Asks != d.asks()
	then = now
	if k == nil || c.Existing && now.status != Archived {
		if c.Level != nil {
			then.level = *c.Level
		}
		if d.Level != nil && (c.Level != nil || k == nil) {
			then.level = *d.Level
		}
		if c.Status != nil {
			then.status = *c.Status
		}
	}
	unnamed := then.level == LowestPaidLevel && c.Level == nil && now.status != Published // an earlier import may have put it there
	if d.Paid != "" && (then.level < LowestPaidLevel || unnamed) {
		doubt = fmt.Sprintf("%s: says that it is not for nothing, and no level; a level in the document or --level says which, %d or more", d.Paid, LowestPaidLevel)
	}
	if (d.Closed || d.Draft || doubt != "") && then.status == Published && (news || now.status != Published) {
		then.status = Draft
	}
	if news && d.Level != nil {
		then.level = max(then.level, *d.Level)
	}
	if doubt != "" && (news || then.level != now.level) {
		then.level = LowestPaidLevel
	}
	return then, doubt
}

// standsAs is the status of an item, or the one that it had before an import archived it: its document is in the folder again.
func (k *SourceItem) standsAs() ItemStatus {
	if k.Pruned != nil {
		return *k.Pruned
	}
	return k.Status
}

// fall is how an item closes that its document has closed.
func fall(now, then standing) string {
	var all []string
	if then.status != now.status {
		all = append(all, "is a draft now")
	}
	if then.level != now.level {
		all = append(all, fmt.Sprintf("rises from level %d to %d", now.level, then.level))
	}
	return strings.Join(all, ", and ")
}
