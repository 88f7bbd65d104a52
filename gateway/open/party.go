package open

import (
	"context"
	"errors"
	"strings"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/wallet"
)

// errNoParty says that a payee or receiver cannot be found. Why is not told,
// so that phone numbers cannot be tried out.
var errNoParty = errors.New("no such payee")

// party finds the account behind a payee or receiver. kind is how the wire
// names who: a person of this app (userId, openId), a phone number with the
// person's name (loginName), or a merchant's id as userId.
func party(ctx context.Context, tx *db.Tx, app, kind, who, name string) (ledger.AccountID, error) {
	var p identity.Person
	var err error
	switch strings.ToLower(strings.NewReplacer("_", "", "ALIPAY", "").Replace(strings.ToUpper(kind))) {
	case "userid", "openid":
		if p, err = identity.PersonOf(ctx, tx, app, who); errors.Is(err, identity.ErrPersonNotFound) {
			return merchantParty(ctx, tx, who)
		}
	case "logonid", "loginname":
		p, err = identity.ByPhone(ctx, tx, who)
		if err == nil && name != p.Name && name != p.NameZh {
			return "", errNoParty
		}
	default:
		return "", errNoParty
	}
	if errors.Is(err, identity.ErrPersonNotFound) {
		return "", errNoParty
	}
	return wallet.Account(p.ID), err
}

func merchantParty(ctx context.Context, tx *db.Tx, who string) (ledger.AccountID, error) {
	m, err := merchant.Find(ctx, tx, merchant.ID(clip(who, 64)))
	if errors.Is(err, merchant.ErrMerchantNotFound) {
		return "", errNoParty
	}
	return m.Settled(), err
}

// partyName is how the app may know the owner of an account: a person by the
// user_id and open_id made for this app, a merchant by its id.
func partyName(ctx context.Context, tx *db.Tx, app string, account ledger.AccountID) (userID, openID string, err error) {
	kind, rest, _ := strings.Cut(string(account), "/")
	id, _, _ := strings.Cut(rest, "/")
	if kind != "person" {
		return id, "", nil
	}
	link, err := identity.LinkTo(ctx, tx, app, identity.PersonID(id))
	return link.UserID, link.OpenID, err
}
