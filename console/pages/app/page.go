// Package app is one app's settings: what its server needs to call us, its public key, certificates, content key and the address for
// messages. It changes nothing itself: gateway/open and platform/openapp do. Start reading at Add.
package app

import (
	"context"
	"embed"

	"souk/console/desk"
	"souk/gateway/open"
	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

//go:embed page.html
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "app", Files: files}

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/apps/{app}", desk.Members, show)
	d.Act("/apps/{app}/key", desk.Owners, change(func(v *desk.Visit) (open.Change, error) {
		key := v.Post("publicKey")
		if key == "" {
			return open.Change{}, openapp.ErrKey
		}
		return open.Change{PublicKey: &key}, nil
	}))
	d.Act("/apps/{app}/aes", desk.Owners, change(func(v *desk.Visit) (open.Change, error) {
		key := ""
		if v.Post("aes") == "new" {
			key = sign.NewAESKey()
		}
		return open.Change{AESKey: &key}, nil
	}))
	d.Act("/apps/{app}/messages", desk.Owners, change(func(v *desk.Visit) (open.Change, error) {
		url := v.Post("messageUrl")
		return open.Change{MessageURL: &url}, nil
	}))
	d.Act("/apps/{app}/agents", desk.Owners, letAct)
	d.Act("/apps/{app}/agents/{agent}/end", desk.Owners, endAct)
	d.Act("/apps/{app}/platform-key", desk.Owners, takeKey)
	d.Act("/apps/{app}/certificates", desk.Owners, certify)
	d.Act("/apps/{app}/certificates/{sn}/revoke", desk.Owners, revoke)
}

type data struct {
	App          merchant.App
	Card         open.AppCard
	PublicKey    string
	AESKey       string
	MessageURL   string
	Certificates []openapp.Certificate
	Now          int64
	Pair         *open.Pair // just made
	Issued       string     // the serial of the certificate that was just issued
	OldUntil     int64      // ms; not 0: answers are signed with an earlier platform key until then
	NewKey       string     // the platform's present key then
	Agents       []openapp.Grant
	Agent, Code  string // who was just let act, and the code for them
}

func read(ctx context.Context, v *desk.Visit) (out data, err error) {
	own, err := openapp.Ensure(ctx, v.DB())
	if err != nil {
		return out, err
	}
	err = v.Read(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		registered, err := desk.Registered(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		signer, _ := own.For(registered.Signer, tx.Now())
		out = data{App: a, Card: open.CardOf(own, signer, string(a.ID), v.Base()), AESKey: registered.AESKey, MessageURL: registered.MessageURL, Now: tx.Now()}
		if registered.Key != nil {
			out.PublicKey = sign.PublicText(registered.Key)
		}
		for _, old := range own.Old {
			if old.Certificate.SN == signer.Certificate.SN {
				out.OldUntil, out.NewKey = old.Until, own.PublicText()
			}
		}
		if out.Agents, err = openapp.Grants(ctx, tx, string(a.ID)); err != nil {
			return err
		}
		out.Certificates, err = openapp.Certificates(ctx, tx, string(a.ID))
		return err
	})
	return out, err
}

func show(ctx context.Context, v *desk.Visit) (desk.View, error) {
	out, err := read(ctx, v)
	if err != nil {
		return desk.View{}, err
	}
	return page(v, out), nil
}

func page(v *desk.Visit, out data) desk.View {
	return desk.View{Page: "app", Section: "apps", Title: v.Name(out.App.Name, out.App.NameZh), Data: out}
}

// again shows the page with what went wrong above it.
func again(ctx context.Context, v *desk.Visit, problem error) (desk.View, error) {
	view, err := show(ctx, v)
	if err != nil {
		return desk.View{}, err
	}
	return view, problem
}

// change writes one setting from a form.
func change(read func(*desk.Visit) (open.Change, error)) func(context.Context, *desk.Visit) (desk.View, error) {
	return func(ctx context.Context, v *desk.Visit) (desk.View, error) {
		wanted, err := read(v)
		if err == nil {
			err = v.Write(ctx, func(tx *db.Tx) error {
				a, err := v.App(ctx, tx, v.Part("app"))
				if err != nil {
					return err
				}
				return open.ChangeApp(ctx, tx, string(a.ID), wanted)
			})
		}
		if err != nil {
			return again(ctx, v, err)
		}
		return desk.To("/apps/"+v.Part("app"), "saved"), nil
	}
}

// certify issues a certificate: for the request in the form, or for a key made here, which is shown this once.
func certify(ctx context.Context, v *desk.Visit) (desk.View, error) {
	request := v.Post("request")
	var made *open.Pair
	if v.Post("mode") == "pair" {
		pair, err := open.NewPair()
		if err != nil {
			return desk.View{}, err
		}
		request, made = pair.Request, &pair
	}
	var issued sign.Issued
	err := v.Write(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		issued, err = open.CertifyRequest(ctx, tx, string(a.ID), request)
		return err
	})
	if err != nil {
		return again(ctx, v, err)
	}
	out, err := read(ctx, v)
	out.Pair, out.Issued = made, issued.SN
	return page(v, out), err
}

// letAct lets another app act for this one; the code for its server is shown this once.
func letAct(ctx context.Context, v *desk.Visit) (desk.View, error) {
	agent, code := v.Post("agent"), ""
	err := v.Write(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		code, err = open.AllowAgent(ctx, tx, string(a.ID), agent)
		return err
	})
	if err != nil {
		return again(ctx, v, err)
	}
	out, err := read(ctx, v)
	out.Agent, out.Code = agent, code
	return page(v, out), err
}

func endAct(ctx context.Context, v *desk.Visit) (desk.View, error) {
	err := v.Write(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		return open.EndAgent(ctx, tx, string(a.ID), v.Part("agent"))
	})
	if err != nil {
		return again(ctx, v, err)
	}
	return desk.To("/apps/"+v.Part("app"), "agentEnded"), nil
}

// takeKey answers the app with the platform's new key from now on.
func takeKey(ctx context.Context, v *desk.Visit) (desk.View, error) {
	err := v.Write(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		return openapp.Switch(ctx, tx, string(a.ID))
	})
	if err != nil {
		return again(ctx, v, err)
	}
	return desk.To("/apps/"+v.Part("app"), "platformKeyTook"), nil
}

func revoke(ctx context.Context, v *desk.Visit) (desk.View, error) {
	err := v.Write(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		return openapp.Revoke(ctx, tx, string(a.ID), v.Part("sn"))
	})
	if err != nil {
		return again(ctx, v, err)
	}
	return desk.To("/apps/"+v.Part("app"), "revoked"), nil
}
