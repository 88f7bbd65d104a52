package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/notice"
)

// noticeCmd is souk notice: what programs may tell the people who ask for it.
type noticeCmd struct {
	Add  noticeAddCmd  `cmd:"" help:"Make a template of messages for an app, and print its number."`
	List noticeListCmd `cmd:"" help:"List an app's templates."`
}

// noticeAddCmd is souk notice add.
type noticeAddCmd struct {
	database
	App     string   `required:"" help:"The app whose messages they are." placeholder:"ID"`
	Title   string   `required:"" help:"What the message is about."`
	TitleZh string   `name:"title-zh" help:"The title in Chinese." placeholder:"TITLE"`
	Keyword []string `required:"" sep:"none" help:"A place to fill, in order: keyword1 is the first. In two languages: \"Shop|门店\"." placeholder:"NAME"`
	Lasting bool     `help:"One yes is good until it is taken back; without this each yes is good for one message."`
	JSON    bool     `name:"json" help:"Print it as JSON."`
}

// templateCard is a template as JSON.
type templateCard struct {
	ID       string           `json:"templateId"`
	Title    string           `json:"title"`
	TitleZh  string           `json:"titleZh,omitempty"`
	Keywords []notice.Keyword `json:"keywords"`
	Lasting  bool             `json:"lasting"`
}

func (c noticeAddCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	t := notice.Template{App: merchant.AppID(c.App), Title: c.Title, TitleZh: c.TitleZh, Lasting: c.Lasting}
	for _, k := range c.Keyword {
		name, zh, _ := strings.Cut(k, "|")
		t.Keywords = append(t.Keywords, notice.Keyword{Name: name, NameZh: zh})
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		made, err := notice.AddTemplate(ctx, tx, t)
		t.ID = made.ID
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, templateCard{t.ID, t.Title, t.TitleZh, t.Keywords, t.Lasting})
	}
	say("%s is the template of %q; my.requestSubscribeMessage({entityIds: ['%s']}) asks for it", t.ID, t.Title, t.ID)
	return nil
}

// noticeListCmd is souk notice list.
type noticeListCmd struct {
	database
	App  string `required:"" help:"The app whose templates are listed." placeholder:"ID"`
	JSON bool   `name:"json" help:"Print them as JSON."`
}

func (c noticeListCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	cards := []templateCard{}
	err = d.Read(ctx, func(tx *db.Tx) error {
		list, err := notice.Templates(ctx, tx, merchant.AppID(c.App))
		cards = cards[:0]
		for _, t := range list {
			cards = append(cards, templateCard{t.ID, t.Title, t.TitleZh, t.Keywords, t.Lasting})
		}
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, cards)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, t := range cards {
		kind := "once"
		if t.Lasting {
			kind = "lasting"
		}
		names := []string{}
		for i, k := range t.Keywords {
			names = append(names, fmt.Sprintf("keyword%d %s", i+1, k.Name))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", t.ID, kind, t.Title, strings.Join(names, ", "))
	}
	return table.Flush()
}
