package my

import (
	"context"
	"slices"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/wallet"
)

// maxContacts is how many people a person is shown to choose from.
const maxContacts = 100

var errContact = fault.New(fault.Forbidden, "CONTACT_UNKNOWN", "these are not people whom this person knows here")

type contact struct {
	ID     identity.PersonID `json:"id"`
	Name   string            `json:"name"`
	Mobile string            `json:"mobile"` // all but the first three and the last four digits hidden
	Avatar string            `json:"avatar"`
	UserID string            `json:"userId,omitempty"` // of this program alone; only of those chosen
}

// contacts is for the shell's sheet, in which the person chooses what the program gets: whom they have sent money to or got it from.
// {} → {contacts: [{id, name, mobile, avatar}]}.
func contacts(ctx context.Context, c call) (any, error) {
	list := []contact{}
	err := c.DB.Read(ctx, func(tx *db.Tx) error {
		known, err := wallet.Known(ctx, tx, c.person.ID, maxContacts)
		for _, id := range known {
			p, found := identity.Find(ctx, tx, id)
			if found == nil { // who has closed their account is no contact
				list = append(list, contact{ID: p.ID, Name: p.Name, Mobile: hidden(p.Phone), Avatar: p.Avatar})
			}
		}
		return err
	})
	return map[string]any{"contacts": list}, err
}

// contactsChosen is what the program gets of those whom the person chose. {ids} → {contacts: [{id, name, mobile, avatar, userId}]}.
func contactsChosen(ctx context.Context, c call) (any, error) {
	var in struct{ IDs []identity.PersonID }
	if err := c.decode(&in); err != nil || len(in.IDs) > maxContacts {
		return nil, errBody
	}
	var list []contact
	err := c.DB.Write(ctx, func(tx *db.Tx) error {
		list = []contact{}
		known, err := wallet.Known(ctx, tx, c.person.ID, maxContacts)
		if err != nil {
			return err
		}
		for _, id := range in.IDs {
			if !slices.Contains(known, id) {
				return errContact
			}
			p, err := identity.Find(ctx, tx, id)
			if err != nil {
				return err
			}
			link, err := identity.LinkTo(ctx, tx, string(c.app.ID), id)
			if err != nil {
				return err
			}
			list = append(list, contact{ID: p.ID, Name: p.Name, Mobile: hidden(p.Phone), Avatar: p.Avatar, UserID: link.OpenID})
		}
		return nil
	})
	return map[string]any{"contacts": list}, err
}

func hidden(phone string) string {
	if len(phone) == 13 {
		phone = strings.TrimPrefix(phone, "86")
	}
	if len(phone) < 8 {
		return ""
	}
	return phone[:3] + "****" + phone[len(phone)-4:]
}
