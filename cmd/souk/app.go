package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"souk/gateway/open"
	"souk/platform/merchant"
)

// appCmd is souk app: what a merchant's server needs to call the open API.
type appCmd struct {
	Create appCreateCmd `cmd:"" help:"Make an app, with a merchant of the same name unless --merchant names one, and print what its server needs."`
	Allow  appAllowCmd  `cmd:"" help:"Let an app's program call a host with my.request."`
	Cloud  appCloudCmd  `cmd:"" help:"Say where an app's cloud functions are (my.cloud.createCloudContext)."`
}

// appCreateCmd is souk app create.
type appCreateCmd struct {
	database
	Name       string `required:"" help:"What the app is called."`
	Merchant   string `help:"An existing merchant whose app it becomes." placeholder:"ID"`
	PublicKey  string `help:"Key mode: file of the app's RSA public key, PEM or Base64." placeholder:"FILE" xor:"mode" required:""`
	Cert       string `help:"Certificate mode: folder with a certificate request app.csr, or where a key and one are made; the certificates are put there." placeholder:"DIR" xor:"mode" required:""`
	AES        bool   `name:"aes" help:"Make a key for encrypted content too."`
	MessageURL string `help:"Where messages other than trade notifications go." placeholder:"URL"`
	Base       string `help:"How the merchant's server reaches Souk." default:"http://127.0.0.1:8080" placeholder:"URL"`
	JSON       bool   `name:"json" help:"Print it as JSON."`
}

// maxKeyFile bounds a public key's file, in bytes.
const maxKeyFile = 16 << 10

func (c appCreateCmd) Run(ctx context.Context) error {
	base, err := parseBase(c.Base)
	if err != nil {
		return err
	}
	in := open.NewApp{Name: c.Name, Merchant: merchant.ID(c.Merchant), AES: c.AES, MessageURL: c.MessageURL}
	if c.Cert != "" {
		in.Request, err = open.RequestIn(c.Cert)
	} else {
		in.PublicKey, err = readSmall(c.PublicKey)
	}
	if err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := c.unlock(ctx, d); err != nil {
		return err
	}
	card, err := open.CreateApp(ctx, d, base, in)
	if err != nil {
		return err
	}
	if c.Cert != "" {
		if err := open.WriteCertificates(c.Cert, &card); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(os.Stdout, card)
	}
	printCard(card)
	return nil
}

// readSmall reads a file that must not be big.
func readSmall(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("the public key cannot be read: %w", err)
	}
	if info.Size() == 0 || info.Size() > maxKeyFile {
		return "", errors.New("a public key's file has 1 to 16384 bytes; " + name + " is something else")
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

func printCard(card open.AppCard) {
	say("app id        %s", card.AppID)
	say("merchant      %s", card.Merchant)
	say("gateway (v2)  %s", card.Gateway)
	say("endpoint (v3) %s", card.Endpoint)
	say("platform key  %s", card.PlatformPublicKey)
	if card.AESKey != "" {
		say("AES key       %s", card.AESKey)
	}
	if card.Files != "" {
		say("certificates  in %s; app certificate %s, root %s", card.Files, card.AppCertSN, card.RootCertSN)
	}
}
