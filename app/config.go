package app

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"

	"github.com/caarlos0/env/v11"

	"lyceum/domain/users"
	"lyceum/gateways/archives"
	"lyceum/gateways/blobs"
	"lyceum/gateways/mail"
	"lyceum/graph/serve"
)

// Config are the settings, each an environment variable. docs/running.md lists them.
type Config struct {
	DatabaseURL    string   `env:"DATABASE_URL"`
	DatabaseAppURL string   `env:"DATABASE_APP_URL"`
	DatabasePool   int      `env:"DATABASE_POOL" envDefault:"20"`
	Listen         string   `env:"LYCEUM_LISTEN" envDefault:"127.0.0.1:8080"`
	OpsListen      string   `env:"LYCEUM_OPS_LISTEN" envDefault:"127.0.0.1:8081"`
	PublicURL      string   `env:"LYCEUM_PUBLIC_URL"`
	Origins        []string `env:"LYCEUM_ORIGINS"`
	TrustedProxies []string `env:"LYCEUM_TRUSTED_PROXIES"`
	DataDir        string   `env:"LYCEUM_DATA_DIR" envDefault:".lyceum"`
	Env            string   `env:"LYCEUM_ENV" envDefault:"development"`
	Blobs          string   `env:"LYCEUM_BLOBS"`
	Archives       string   `env:"LYCEUM_ARCHIVES"`
	ExposeDemo     bool     `env:"LYCEUM_EXPOSE_DEMO"`
	AnswerMB       int      `env:"LYCEUM_ANSWER_MB" envDefault:"8"`
	AnswersMB      int      `env:"LYCEUM_ANSWERS_MB" envDefault:"128"`
	SMTPURL        string   `env:"LYCEUM_SMTP_URL,unset"`
	MailFrom       string   `env:"LYCEUM_MAIL_FROM"`
	AccountURL     string   `env:"LYCEUM_ACCOUNT_URL"`
	GraceDays      int      `env:"LYCEUM_GRACE_DAYS" envDefault:"7"`
	LogFormat      string   `env:"LYCEUM_LOG_FORMAT"`
	LogLevel       string   `env:"LYCEUM_LOG_LEVEL" envDefault:"info"`
	SlowMS         int      `env:"LYCEUM_SLOW_MS" envDefault:"500"`
	Keys           string   `env:"LYCEUM_KEYS"`
	Backup         string   `env:"LYCEUM_BACKUP"`
	BackupSecond   string   `env:"LYCEUM_BACKUP_SECOND"`
	BackupAt       string   `env:"LYCEUM_BACKUP_AT" envDefault:"02:30"`
	BackupDays     int      `env:"LYCEUM_BACKUP_DAYS" envDefault:"7"`
	BackupWeeks    int      `env:"LYCEUM_BACKUP_WEEKS" envDefault:"4"`
	AdminEmail     string   `env:"LYCEUM_ADMIN_EMAIL"`
	AdminPassword  string   `env:"LYCEUM_ADMIN_PASSWORD,unset"`
	TLSCert        string   `env:"LYCEUM_TLS_CERT"`
	TLSKey         string   `env:"LYCEUM_TLS_KEY"`
	ACMEEmail      string   `env:"LYCEUM_ACME_EMAIL"`
	ACMEURL        string   `env:"LYCEUM_ACME_URL"`
	RedirectListen string   `env:"LYCEUM_REDIRECT_LISTEN"`
	// DatabaseUnverified says why the database server need not prove who it is in production.
	DatabaseUnverified string `env:"LYCEUM_DATABASE_UNVERIFIED"`

	// Streams are the limits of websockets and event streams; the zero value stands for the defaults.
	Streams serve.Streams

	public  *url.URL
	proxies []netip.Prefix
	smtp    *mail.SMTP // nil where none is set
	from    *netmail.Address
}

// maxGraceDays is for how long an unpaid subscription may still give access.
const maxGraceDays = 60

// The two values of LYCEUM_ENV.
const (
	development = "development"
	production  = "production"
)

// ReadConfig reads and checks the settings. Its error names every fault at once.
func ReadConfig() (*Config, error) {
	var c Config
	var faults []error
	if err := env.Parse(&c); err != nil {
		faults = append(faults, err)
	}
	faults = append(faults, unknownSettings(os.Environ())...)
	faults = append(faults, c.check()...)
	if c.Backup != "" && !c.Embedded() {
		faults = append(faults, errForBuiltIn)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("the settings are wrong:\n%w", err)
	}
	return &c, nil
}

// ReadLogConfig reads the settings for what PostgreSQL calls for its log. Only those of backups are checked: the server from which they
// are inherited has checked all, and no file that another one names may keep the log from being archived.
func ReadLogConfig() (*Config, error) {
	var c Config
	err := env.Parse(&c)
	if err := errors.Join(append(c.checkBackups(), err)...); err != nil {
		return nil, fmt.Errorf("the settings are wrong:\n%w", err)
	}
	return &c, nil
}

// Production reports whether strict cookies, no demo and no introspection for anonymous users are in force.
func (c *Config) Production() bool { return c.Env == production }

// Embedded reports whether the built-in PostgreSQL is used.
func (c *Config) Embedded() bool { return c.DatabaseURL == "" }

// checkAdminPassword is the policy of passwords for the administrator of the settings; empty stands for one that is made up.
func (c *Config) checkAdminPassword() error {
	if c.AdminPassword == "" {
		return nil
	}
	return users.CheckPassword(c.AdminPassword, c.AdminEmail)
}

func (c *Config) check() (faults []error) {
	if c.Streams == (serve.Streams{}) {
		c.Streams = serve.DefaultStreams()
	}
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for name, value := range map[string]string{"DATABASE_URL": c.DatabaseURL, "DATABASE_APP_URL": c.DatabaseAppURL} {
		if value != "" && !isDatabaseURL(value) {
			fault("%s must look like postgres://user:password@host:5432/database", name)
		}
	}
	if c.DatabaseAppURL != "" && c.DatabaseURL == "" {
		fault("DATABASE_APP_URL needs DATABASE_URL")
	}
	if c.DatabasePool < 1 || c.DatabasePool > 500 {
		fault("DATABASE_POOL must be 1 to 500")
	}
	for name, value := range map[string]string{"LYCEUM_LISTEN": c.Listen, "LYCEUM_OPS_LISTEN": c.OpsListen} {
		if _, port, err := net.SplitHostPort(value); err != nil || !isPort(port) {
			fault("%s must look like 127.0.0.1:8080", name)
		}
	}
	if c.AnswerMB < 4 || c.AnswerMB > 1024 {
		fault("LYCEUM_ANSWER_MB must be 4 to 1024: a single lesson may have 1 MB of text")
	}
	if c.AnswersMB < 2*c.AnswerMB || c.AnswersMB > 1<<20 {
		fault("LYCEUM_ANSWERS_MB must be at least twice LYCEUM_ANSWER_MB")
	}
	if c.GraceDays < 0 || c.GraceDays > maxGraceDays {
		fault("LYCEUM_GRACE_DAYS must be 0 to %d", maxGraceDays)
	}
	if c.Env != development && c.Env != production {
		fault("LYCEUM_ENV must be development or production")
	}
	if err := blobs.Check(c.Blobs); c.Blobs != "" && err != nil {
		fault("LYCEUM_BLOBS: %w", err)
	}
	if err := archives.Check(c.Archives); c.Archives != "" && err != nil {
		fault("LYCEUM_ARCHIVES: %w", err)
	}
	faults = append(faults, c.checkProxies()...)
	if (c.AdminPassword != "") && c.AdminEmail == "" {
		fault("LYCEUM_ADMIN_PASSWORD needs LYCEUM_ADMIN_EMAIL")
	}
	if err := c.checkAdminPassword(); err != nil {
		fault("LYCEUM_ADMIN_PASSWORD: %w", err)
	}
	faults = append(faults, c.checkLog()...)
	faults = append(faults, c.checkBackups()...)
	faults = append(faults, c.checkAddresses()...)
	faults = append(faults, c.checkTLS()...)
	faults = append(faults, c.checkWire()...)
	return append(faults, c.checkMail()...)
}
