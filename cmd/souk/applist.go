package main

import (
	"context"
	"strings"

	"souk/kit/db"
	"souk/platform/merchant"
)

// appAllowCmd is souk app allow: a host that the app's program may call with my.request.
type appAllowCmd struct {
	database
	App  string `required:"" help:"The app." placeholder:"ID"`
	Host string `required:"" help:"The host, with its port when that is not 443: api.example.com." placeholder:"HOST"`
}

func (c appAllowCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Write(ctx, func(tx *db.Tx) error { return merchant.Allow(ctx, tx, merchant.AppID(c.App), c.Host) }); err != nil {
		return err
	}
	say("the program of %s may call https://%s", c.App, c.Host)
	return nil
}

// appCloudCmd is souk app cloud: where the app's cloud functions are.
type appCloudCmd struct {
	database
	App string `required:"" help:"The app." placeholder:"ID"`
	Env string `required:"" help:"The environment's name, as the program says it in my.cloud.createCloudContext({env})." placeholder:"NAME"`
	URL string `help:"Address below which the functions are; without it the environment is taken away." placeholder:"https://HOST/PATH"`
}

func (c appCloudCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Write(ctx, func(tx *db.Tx) error { return merchant.SetCloud(ctx, tx, merchant.AppID(c.App), c.Env, c.URL) }); err != nil {
		return err
	}
	if c.URL == "" {
		say("%s has no cloud environment %s any more", c.App, c.Env)
		return nil
	}
	say("callFunction({name: 'x'}) of %s in %s calls %s/x", c.App, c.Env, strings.TrimRight(c.URL, "/"))
	return nil
}
