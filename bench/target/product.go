package target

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"idp/bench/caller"
)

// configuration is the product's, with its limits as many as by default but so
// high that they count and never refuse. Browsers come with their addresses in
// X-Forwarded-For: see caller. Each of them is new, and the notice of that would be
// a second mail, which the floor does not send either. %[5]s is the redirect URI.
const configuration = `issuer: %[1]s
listen: %[2]s
secret: env:IDP_SECRET
database:
  url: env:IDP_DATABASE_URL
mail:
  from: login@example.com
  from_name: Sign-in
  smtp: {host: 127.0.0.1, port: %[3]d, security: none}
login: {notices: false}
limits:
  send_per_address: [%[4]d/5m, %[4]d/1h, %[4]d/24h]
  send_per_address_ip: [%[4]d/5m]
  send_per_ip: [%[4]d/5m, %[4]d/1h]
  codes_per_ip: %[4]d/1m
  wrong_per_address: %[4]d/24h
  send_per_known_browser: [%[4]d/5m, %[4]d/1h, %[4]d/24h]
  send_per_instance: [%[4]d/1h, %[4]d/24h]
  send_unknown: %[4]d/1h
  send_per_new_domain: %[4]d/1h
  wrong_per_ip: %[4]d/24h
  codes_per_browser: %[4]d/1m
  posts_per_browser: %[4]d/1m
http:
  trusted_proxies: [127.0.0.1]
clients:
  - {id: bench-es, name: Bench, type: public, redirect_uris: ["%[5]s"], id_token_alg: ES256}
  - {id: bench-rs, name: Bench, type: public, redirect_uris: ["%[5]s"], id_token_alg: RS256}
  - {id: bench-web, name: Bench, secrets: ["env:BENCH_CLIENT_SECRET"], redirect_uris: ["%[5]s"], id_token_alg: ES256}
  - {id: bench-machine, name: Bench, secrets: ["env:BENCH_CLIENT_SECRET"], grant_types: [client_credentials], scopes: [reports.read]}
`

const unreachable = 1_000_000_000

// Product is the program of this module, built from ProductPackage.
func Product(binary string) Kind {
	root := rand.Text() + rand.Text() // the same at each start: keys in the database are sealed with it
	return Kind{"idp", binary, func(binary string, p Place) (*exec.Cmd, error) {
		file := filepath.Join(p.Dir, "idp.yaml")
		text := fmt.Sprintf(configuration, p.Issuer(), p.listen(), p.Mail, unreachable, caller.RedirectURI)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("configure the product: %w", err)
		}
		cmd := exec.Command(binary, "serve", "--config", file)
		cmd.Env = p.environment("IDP_SECRET="+root, "IDP_DATABASE_URL="+p.Database, "BENCH_CLIENT_SECRET="+p.Secret)
		return cmd, nil
	}}
}
