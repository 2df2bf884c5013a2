package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// keys has one key for each algorithm that clients ask for.
type keys struct {
	es     *ecdsa.PrivateKey
	rs     *rsa.PrivateKey
	esHead string
	rsHead string
}

const rsaBits = 2048

// newKeys takes the keys from the database, and makes them at the first start.
func newKeys(ctx context.Context, pool *pgxpool.Pool) (k keys, err error) {
	k.esHead, k.rsHead = head("ES256"), head("RS256")
	var es, rs []byte
	if err := pool.QueryRow(ctx, `SELECT es, rs FROM keys`).Scan(&es, &rs); errors.Is(err, pgx.ErrNoRows) {
		if k.es, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return k, err
		}
		if k.rs, err = rsa.GenerateKey(rand.Reader, rsaBits); err != nil {
			return k, err
		}
		if es, err = x509.MarshalECPrivateKey(k.es); err != nil {
			return k, err
		}
		_, err = pool.Exec(ctx, `INSERT INTO keys VALUES ($1, $2)`, es, x509.MarshalPKCS1PrivateKey(k.rs))
		return k, err
	} else if err != nil {
		return k, err
	}
	if k.es, err = x509.ParseECPrivateKey(es); err != nil {
		return k, err
	}
	k.rs, err = x509.ParsePKCS1PrivateKey(rs)
	return k, err
}

// head is the first part of every JWT of an algorithm; its kid is its name.
func head(alg string) string {
	return b64.EncodeToString([]byte(`{"alg":"`+alg+`","kid":"`+alg+`","typ":"JWT"}`)) + "."
}

func (k keys) public() any {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: k.es.Public(), KeyID: "ES256", Algorithm: "ES256", Use: "sig"},
		{Key: k.rs.Public(), KeyID: "RS256", Algorithm: "RS256", Use: "sig"},
	}}
}

// sign makes a JWT (RFC 7515 §7.1) over claims.
func (k keys) sign(alg string, claims []byte) (string, error) {
	start := k.esHead
	if alg == "RS256" {
		start = k.rsHead
	}
	out := make([]byte, 0, len(start)+b64.EncodedLen(len(claims))+360)
	out = b64.AppendEncode(append(out, start...), claims)
	sum := sha256.Sum256(out)
	var sig []byte
	if alg == "RS256" {
		var err error
		if sig, err = rsa.SignPKCS1v15(nil, k.rs, crypto.SHA256, sum[:]); err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
	} else {
		r, s, err := ecdsa.Sign(rand.Reader, k.es, sum[:])
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		sig = make([]byte, 64) // RFC 7518 §3.4
		r.FillBytes(sig[:32])
		s.FillBytes(sig[32:])
	}
	return string(b64.AppendEncode(append(out, '.'), sig)), nil
}
