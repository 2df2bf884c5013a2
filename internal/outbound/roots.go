package outbound

import (
	"crypto/x509"
	"fmt"
	"os"
)

// Roots are the system's certificate authorities and those in files, each a PEM
// file of one or more. Without files it is nil, which means the system's.
func Roots(files []string) (*x509.CertPool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("read the system's certificate authorities: %w", err)
	}
	for _, name := range files {
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read certificate authorities: %w", err)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read certificate authorities: %s holds no certificate", name)
		}
	}
	return roots, nil
}
