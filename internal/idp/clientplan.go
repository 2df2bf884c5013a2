package idp

import (
	"encoding/json"
	"slices"
	"strings"
)

// ClientPlan is what bringing the declared clients into the database changes.
// Clients that are no longer declared are disabled, not deleted: grants and
// consents point to them.
type ClientPlan struct {
	Add, Change []Client
	Disable     []string
}

// Empty reports whether there is nothing to do.
func (p ClientPlan) Empty() bool { return len(p.Add)+len(p.Change)+len(p.Disable) == 0 }

// PlanClients compares what is declared with what is stored and enabled.
func PlanClients(declared, stored []Client) ClientPlan {
	var plan ClientPlan
	byID := make(map[string]Client, len(stored))
	for _, c := range stored {
		byID[c.ID] = c
	}
	for _, c := range declared {
		old, known := byID[c.ID]
		switch {
		case !known:
			plan.Add = append(plan.Add, c)
		case !sameClient(old, c):
			plan.Change = append(plan.Change, c)
		}
		delete(byID, c.ID)
	}
	for id := range byID {
		plan.Disable = append(plan.Disable, id)
	}
	slices.SortFunc(plan.Add, compareClients)
	slices.SortFunc(plan.Change, compareClients)
	slices.Sort(plan.Disable)
	return plan
}

func compareClients(a, b Client) int { return strings.Compare(a.ID, b.ID) }

// sameClient compares the stored form, so that nil and empty lists are alike.
func sameClient(a, b Client) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
