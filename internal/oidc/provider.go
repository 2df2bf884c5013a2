package oidc

import (
	"context"
	"sync/atomic"
	"time"

	"idp/internal/browser"
	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/web"
)

// Grants is the storage of what applications were given.
type Grants interface {
	// RedeemCode returns idp.ErrUsed for a second redemption, having revoked the
	// grant, and idp.ErrRevoked if the session or user no longer stands.
	RedeemCode(ctx context.Context, g idp.Grant, now time.Time) (idp.Grant, idp.User, error)
	// Grant returns idp.ErrNotFound, or idp.ErrRevoked with the grant.
	Grant(ctx context.Context, id string, now time.Time) (idp.Grant, idp.User, error)
	// Backing is the part of Grant that an access token needs; idp.ErrNotFound if
	// anything of it no longer stands.
	Backing(ctx context.Context, grantID string, offline bool, now time.Time) (idp.Backing, error)
	// Outlives returns idp.ErrNotFound for what was issued before the newest restore
	// epoch; it is for tokens that have no grant.
	Outlives(ctx context.Context, issued time.Time) error
	// AdvanceGrant returns idp.ErrConflict if another refresh was first.
	AdvanceGrant(ctx context.Context, g idp.Grant, next int64, expires, now time.Time) error
	RevokeGrant(ctx context.Context, id, reason string, now time.Time) error
	// SignOut returns the clients that know of the session.
	SignOut(ctx context.Context, sessionID string, now time.Time) ([]string, error)
	// Spend returns *idp.SpentError for the first that was spent before.
	Spend(ctx context.Context, all ...idp.Once) error
	Spent(ctx context.Context, what secret.Hash) (bool, error)
}

// Courier takes logout notices to clients.
type Courier interface {
	// Wake says that some were stored. It never blocks.
	Wake()
}

// Devices is the storage of devices that wait (RFC 8628).
type Devices interface {
	// CreateDevice returns idp.ErrConflict if the user code is in use.
	CreateDevice(ctx context.Context, d idp.Device, device secret.Hash, userCodeMAC string, budgets []magiclink.Count, now time.Time) error
	PollDevice(ctx context.Context, device secret.Hash, clientID string, now time.Time) (idp.Device, error)
	// DecideDevice returns idp.ErrUsed if the device waits no more.
	DecideDevice(ctx context.Context, id string, state idp.DeviceState, userID, sessionID string, now time.Time) error
}

// ClientKeys finds what applications sign with.
type ClientKeys interface {
	// Of looks for newer keys if none fits. Its errors are idp.ErrUnreachable, and
	// others if the application publishes no keys where it said.
	Of(ctx context.Context, c *idp.Client, fits func(idp.ClientKey) bool) ([]idp.ClientKey, error)
}

// Config is what a Provider needs.
type Config struct {
	Issuer  string // without a trailing slash
	Grants  Grants
	Clients *clients.Registry
	Callers *browser.Reader
	Keyring *secret.Keyring
	Keys    *Keys
	Courier Courier
	Pages   *web.Pages
	Now     func() time.Time

	Subjects        *Subjects
	ClientKeys      ClientKeys
	Devices         Devices
	DevicesPerIP    magiclink.Rate // how many devices of a network may begin to wait
	ClientDocuments bool           // clients may describe themselves at their client_id
	Registration    bool           // clients may register themselves at PathRegister
}

// Provider serves the protocol endpoints.
type Provider struct {
	Config
	discovery atomic.Pointer[discovered]
}

// New makes a Provider.
func New(cfg Config) *Provider {
	return &Provider{Config: cfg}
}

// The paths of the endpoints.
const (
	PathAuthorize  = "/authorize"
	PathContinue   = "/authorize/continue"
	PathToken      = "/oauth/token"
	PathUserinfo   = "/userinfo"
	PathIntrospect = "/oauth/introspect"
	PathRevoke     = "/oauth/revoke"
	PathPush       = "/oauth/par"
	PathEndSession = "/end_session"
	PathEndConfirm = "/end_session/confirm"
	PathSignedOut  = "/signed-out"
	PathRegister   = "/oauth/register"
	PathJWKS       = "/jwks.json"
	PathDevices    = "/oauth/device_authorization"
	PathDevice     = "/device"         // where people type the device's code
	PathConnect    = "/device/connect" // where they decide
	PathOpenID     = "/.well-known/openid-configuration"
	PathOAuth      = "/.well-known/oauth-authorization-server" // RFC 8414
)
