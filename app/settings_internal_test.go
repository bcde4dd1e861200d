package app

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
)

func TestSettingsThatAreMisspeltAreRefused(t *testing.T) {
	t.Parallel()
	for setting, refused := range map[string]bool{
		"LYCEUM_ENVIRONMENT=production": true, "LYCEUM_ORIGN=x": true, "LYCEUM_DATA=x": true, "LYCEUM_ENV=": true, "LYCEUM_=": true,
		"LYCEUM_ENV=production": false, "LYCEUM_ORIGINS=": false, "LYCEUM_POSTGRES_BIN=x": false, "HOME=x": false, "LYCEUM=x": false,
		"LYCEUM_SERVICE_HOST=10.0.0.1": false, "LYCEUM_PORT=tcp://10.0.0.1:8080": false, "LYCEUM_PORT_8080_TCP_ADDR=10.0.0.1": false, // Kubernetes'
	} {
		if faults := unknownSettings([]string{setting}); (len(faults) > 0) != refused {
			t.Errorf("%s: %v", setting, faults)
		}
	}
}

func TestAMisspeltSettingIsToldWhatItSeemsToMean(t *testing.T) {
	t.Parallel()
	for setting, says := range map[string]string{
		"LYCEUM_LISTN=x": "did you mean LYCEUM_LISTEN?", "LYCEUM_ORIGN=x": "did you mean LYCEUM_ORIGINS?", "LYCEUM_ENVIRONMENT=production": "did you mean LYCEUM_ENV?",
		"LYCEUM_DATA=x": "did you mean LYCEUM_DATA_DIR?", "LYCEUM_SMPT_URL=x": "did you mean LYCEUM_SMTP_URL?", "lyceum_listen=x": "did you mean LYCEUM_LISTEN?",
		"LYCEUM_COLOUR=red": "docs/running.md lists them", "LYCEUM_BACKUP_DAY=x": "did you mean LYCEUM_BACKUP_DAYS?", "DATABASE_REPLICA_URLS=x": "not supported yet",
		"DATABASE_ULR=x": "did you mean DATABASE_URL?", "DATABASE_APPURL=x": "did you mean DATABASE_APP_URL?", "DATABASE_POLL=1": "did you mean DATABASE_POOL?",
		"DATABASE_HOST=x": "", "DATABASE_PORT=1": "", "DATABASE_USER=x": "", "DATABASE_URL_UNPOOLED=x": "", "DATABASE_URL=x": "", "database=x": "",
	} {
		faults := unknownSettings([]string{setting})
		if (len(faults) == 0) != (says == "") || len(faults) > 0 && !strings.Contains(faults[0].Error(), says) {
			t.Errorf("%s: %v", setting, faults)
		}
	}
}

// Every setting that the documents list is one of the program, and the other way round.
func TestTheDocumentedSettingsAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/running.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	fields, err := env.GetFieldParams(&Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		if f.Key != "" && (!strings.Contains(string(page), "`"+f.Key+"`") || !strings.Contains(string(example), "#"+f.Key+"=")) {
			t.Errorf("%s is documented nowhere", f.Key)
		}
	}
	for _, name := range regexp.MustCompile(`\b(LYCEUM|DATABASE)_[A-Z_]*[A-Z]\b`).FindAllString(string(page)+string(example), -1) {
		if faults := unknownSettings([]string{name + "=x"}); len(faults) > 0 {
			t.Errorf("the documents promise %v", faults)
		}
	}
}

func TestTheAdministratorsPasswordKeepsTheRulesOfAllPasswords(t *testing.T) {
	t.Parallel()
	for password, ok := range map[string]bool{
		"": true, "a": false, "1234567": false, "12345678": false, "password1": false, "seven green boats": true, "äöüß-dämmerung": true,
		strings.Repeat("x", 257): false, "seven green\xff boats": false, "head@school.example": false,
	} {
		c := Config{AdminEmail: "head@school.example", AdminPassword: password}
		if err := c.checkAdminPassword(); (err == nil) != ok {
			t.Errorf("%q: %v", password, err)
		}
	}
}
