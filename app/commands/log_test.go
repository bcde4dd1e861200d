package commands_test

import (
	"encoding/json"
	"strings"
	"testing"

	"lyceum/db/dbtest"
)

// What was gathered is written before the program ends.
func TestInProductionEveryLineOfTheLogIsAnObject(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	h := open(t, t.TempDir(), "DATABASE_URL="+d.URL, "DATABASE_APP_URL="+d.AppURL, "LYCEUM_ENV=production", "LYCEUM_LOG_LEVEL=debug")
	if a := h.ask(`query Mine { viewer { id } }`); !strings.Contains(a, `"viewer":null`) {
		t.Fatal(a)
	}
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	found := false
	for text := range strings.Lines(h.log.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		found = found || line["msg"] == "request" && line["operation"] == "Mine" && line["status"] == 200.0
	}
	if !found {
		t.Errorf("the request is not there: %s", h.log)
	}
}

func TestTheLogHasTheFormatAndTheLevelOfTheSettings(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	settings := []string{"DATABASE_URL=" + d.URL, "DATABASE_APP_URL=" + d.AppURL}
	h := open(t, t.TempDir(), append(settings, "LYCEUM_SLOW_MS=0")...)
	h.ask(`query Mine { viewer { id } }`)
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	if text := h.log.String(); !strings.Contains(text, "level=INFO msg=request ") || !strings.Contains(text, " operation=Mine type=query status=200 ") {
		t.Error(text)
	}
	h = open(t, t.TempDir(), append(settings, "LYCEUM_LOG_LEVEL=warn", "LYCEUM_SLOW_MS=1")...)
	h.ask(`query Mine { viewer { id } }`)
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(h.log.String()) {
		if strings.Contains(text, "level=INFO") {
			t.Error(text)
		}
	}
}

func TestWrongSettingsOfTheLogAreRefused(t *testing.T) {
	t.Parallel()
	out, err := command(t, t.TempDir(), []string{"LYCEUM_LOG_FORMAT=xml", "LYCEUM_LOG_LEVEL=loud", "LYCEUM_SLOW_MS=-1"}).CombinedOutput()
	for _, name := range []string{"LYCEUM_LOG_FORMAT", "LYCEUM_LOG_LEVEL", "LYCEUM_SLOW_MS"} {
		if err == nil || !strings.Contains(string(out), name+" must be ") {
			t.Errorf("%v: %s is not refused: %s", err, name, out)
		}
	}
}
