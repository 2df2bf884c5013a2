package strictyaml

import "testing"

func TestPositions(t *testing.T) {
	t.Parallel()
	_, positions, faults := read(t, everyKind)
	if faults != nil {
		t.Fatal(faults)
	}
	for path, want := range map[string]place{
		"":                            {2, 1},
		"issuer":                      {3, 9},
		"listen":                      {8, 1},
		"listen.port":                 {10, 9},
		"listen.tls.cert":             {8, 1},
		"clients":                     {13, 1},
		"clients[0]":                  {14, 3},
		"clients[0].client_id":        {14, 14},
		"clients[0].redirect_uris":    {15, 3},
		"clients[0].redirect_uris[1]": {17, 7},
		"clients[0].redirect_uris[2]": {15, 3},
		"clients[0].old_secrets[0]":   {14, 3},
		"clients[1]":                  {21, 3},
		"clients[1].redirect_uris":    {21, 21},
		"clients[1].old_secrets[1]":   {21, 69},
		"clients[7].client_id":        {13, 1},
		`labels["8080"]`:              {23, 11},
		"labels.note":                 {24, 9},
		"labels.fold":                 {27, 9},
		`limits["10.0.0.0/8"].port`:   {30, 29},
		"limits.10.0.0.0/8":           {30, 1},
		"matrix[2][0]":                {32, 23},
		"flags[1]":                    {35, 5},
		"nowhere":                     {2, 1},
		"clients[":                    {13, 1},
		"clients[-1]":                 {13, 1},
		"clients[x].y":                {13, 1},
		`labels["8080`:                {22, 1},
		"..":                          {2, 1},
		"[0]":                         {2, 1},
	} {
		at := positions.At(path)
		if (place{at.Line, at.Column}) != want || at.Path != path || at.File != "idp.yaml" {
			t.Errorf("At(%q) = %+v, want %v", path, at, want)
		}
	}
}

func TestPositionsWithoutDocument(t *testing.T) {
	t.Parallel()
	_, positions, faults := read(t, "a: [")
	if faults == nil {
		t.Fatal("no fault")
	}
	if at := positions.At("a[0]"); at != (Position{"idp.yaml", 1, 1, "a[0]"}) {
		t.Errorf("got %+v", at)
	}
}

// What a fault says and what At says about its path must agree.
func TestPositionsFindFaults(t *testing.T) {
	t.Parallel()
	_, positions, faults := read(t, "labels:\n  a.b: 1\n  'c\"d': [x]\nmatrix: [[x]]\n")
	if len(faults) != 3 {
		t.Fatal(faults)
	}
	for _, fault := range faults {
		if at := positions.At(fault.Path); at != fault.Position {
			t.Errorf("fault at %+v, path at %+v", fault.Position, at)
		}
	}
}
