package my

import (
	"context"
	"slices"

	"souk/kit/db"
	"souk/platform/notice"
)

// templateOut is a message template as the shell asks about it. Silent: the person decided for good and is not asked.
type templateOut struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	TitleZh  string `json:"titleZh,omitempty"`
	Accepted bool   `json:"accepted"`
	Silent   bool   `json:"silent"`
}

type templatesOut struct {
	Lasting   bool          `json:"lasting"`
	Templates []templateOut `json:"templates"`
}

func templates(list []notice.Choice) templatesOut {
	out := templatesOut{Templates: []templateOut{}}
	for _, c := range list {
		out.Lasting = c.Template.Lasting
		out.Templates = append(out.Templates, templateOut{c.Template.ID, c.Template.Title, c.Template.TitleZh, c.Accepted, c.Silent()})
	}
	return out
}

// subscriptions tells what the person answered about templates of the program. {entityIds} → {lasting, templates}.
func subscriptions(ctx context.Context, c call) (any, error) {
	var in struct{ EntityIDs []string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var list []notice.Choice
	err := c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = notice.Choices(ctx, tx, c.person.ID, c.app.ID, in.EntityIDs)
		return err
	})
	return templates(list), err
}

// subscribe records the person's answers. {entityIds, accepted: ids, keep} → {lasting, templates}.
func subscribe(ctx context.Context, c call) (any, error) {
	var in struct {
		EntityIDs, Accepted []string
		Keep                bool
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	yes := map[string]bool{}
	for _, id := range in.EntityIDs[:min(len(in.EntityIDs), notice.MaxAsked+1)] {
		yes[id] = slices.Contains(in.Accepted, id)
	}
	var list []notice.Choice
	err := c.DB.Write(ctx, func(tx *db.Tx) (err error) {
		list, err = notice.Choose(ctx, tx, c.person.ID, c.app.ID, in.EntityIDs, yes, in.Keep)
		return err
	})
	return templates(list), err
}

// unsubscribe takes the person's answers back. {entityIds} → {}.
func unsubscribe(ctx context.Context, c call) (any, error) {
	var in struct{ EntityIDs []string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return struct{}{}, c.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := notice.Choices(ctx, tx, c.person.ID, c.app.ID, in.EntityIDs); err != nil {
			return err
		}
		return notice.Forget(ctx, tx, c.person.ID, c.app.ID, in.EntityIDs)
	})
}
