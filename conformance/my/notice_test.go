package my_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/kit/db"
	"souk/platform/demo"
	"souk/platform/notice"
)

// asks opens a program that runs the steps, with two templates for once and a lasting one.
func asks(t *testing.T, steps string) *phone {
	t.Helper()
	p := open(t, steps, "", "")
	err := p.DB.Write(context.Background(), func(tx *db.Tx) error {
		for _, tpl := range []notice.Template{
			{ID: "ready", Title: "Order ready", TitleZh: "取餐提醒"}, {ID: "back", Title: "Back in stock", TitleZh: "到货提醒"}, {ID: "news", Title: "News of the harbour", TitleZh: "港湾资讯", Lasting: true},
		} {
			tpl.App, tpl.Keywords = p.App, []notice.Keyword{{Name: "Shop", NameZh: "门店"}, {Name: "Pickup code", NameZh: "取餐码"}}
			if _, err := notice.AddTemplate(context.Background(), tx, tpl); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sends sends a message as the program's server would.
func (p *phone) sends(template, code string) error {
	return p.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, _, err := notice.Send(context.Background(), tx, notice.Letter{App: p.App, Person: demo.People[0].ID, Template: template, Page: "q?n=" + code,
			Values: map[string]string{"keyword1": "Harbour Street", "keyword2": code}})
		return err
	})
}

func TestMessagesAreAskedForSentReadAndTakenBack(t *testing.T) {
	p := asks(t, `say('able', my.canIUse('requestSubscribeMessage') && my.canIUse('unsubscribeMessage'));
		const r = await my.requestSubscribeMessage({ entityIds: ['ready', 'back'] });
		say('first', [r.behavior, r.show, r.keep, r.ready, r.back, r.result.subscribedEntityIds, r.result.unsubscribedEntityIds].join());
		const kept = await my.requestSubscribeMessage({ entityIds: ['ready', 'back'] });
		say('kept', [kept.keep, kept.ready, kept.back].join());
		const silent = await my.requestSubscribeMessage({ entityIds: ['back'] });
		say('silent', [silent.show, silent.back, silent.result.currentSubscribedEntityIds].join());`)
	if err := p.sends("ready", "A7"); err == nil {
		t.Error("a message was sent that nobody asked for")
	}
	p.Press("#go")
	p.Sees(".subscribe", "Order ready")
	p.Shot("asked")
	p.Tap(`.subscribe .switch[aria-label="Back in stock"]`)
	p.Tap(".subscribe .allow")
	p.Reads("first: subscribe,true,false,accept,reject,ready,back")
	p.Sees(".subscribe", "Back in stock")
	p.Tap(`.subscribe .quiet .switch`)
	p.Tap(".subscribe .allow")
	p.ends(map[string]string{"able": "true", "kept": "true,accept,accept", "silent": "false,accept,back"})
	for code, ok := range map[string]bool{"A7": true, "A8": true} { // two yeses
		if err := p.sends("ready", code); (err == nil) != ok {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := p.sends("ready", "A9"); err == nil {
		t.Error("a third message for two yeses")
	}
	p.Run(chromedp.Navigate(p.Base+"/#/me"), chromedp.WaitVisible(chromedp.CSS(".me-head")))
	p.Sees(".page", "2 unread")
	p.Shot("me")
	p.Run(chromedp.Navigate(p.Base + "/#/consents"))
	p.Sees(`.row[data-template="back"]`, "2 to come")
	p.Shot("consents")
	p.Tap(`.row[data-template="back"] .link`)
	p.Misses(`.row[data-template="back"]`)
	if err := p.sends("back", "B1"); err == nil {
		t.Error("a message was sent after the yes was taken back")
	}
	p.Run(chromedp.Navigate(p.Base + "/#/messages"))
	p.Sees(".message.unread", "Harbour Street")
	p.Shot("messages")
	p.Tap(".message")
	p.Reads("second page, A")
	if scene, err := chrome.JS[string](p.Tab, "new URLSearchParams(location.hash.split('?')[1]).get('scene') ?? ''"); err != nil || scene != "" && scene != "1014" {
		t.Errorf("scene %q, %v", scene, err)
	}
	p.Run(chromedp.Navigate(p.Base + "/#/messages"))
	p.Misses(".message.unread")
}

func TestAQuestionAboutMessagesIsClosedRefusedForGoodOrWrong(t *testing.T) {
	p := asks(t, `const closed = await failing(my.requestSubscribeMessage({ entityIds: ['ready'] }));
		say('closed', [closed.behavior, closed.error, closed.errorCode, closed.show, closed.result.entityList].join());
		const never = await my.requestSubscribeMessage({ entityIds: ['news'] });
		say('never', [never.behavior, never.refuse, never.news].join());
		const after = await my.requestSubscribeMessage({ entityIds: ['news'] });
		say('after', [after.show, after.news].join());
		say('back', (await my.unsubscribeMessage({ entityIds: ['news'] })).success);
		const twice = [my.requestSubscribeMessage({ entityIds: ['news'] }), failing(my.requestSubscribeMessage({ entityIds: ['news'] }))];
		say('asking', (await twice[1]).errorCode);
		say('lasting', (await twice[0]).news);
		const wrong = async (options) => (await failing(my.requestSubscribeMessage(options))).errorCode;
		say('wrong', [await wrong({}), await wrong({ entityIds: ['a', 'b', 'c', 'd'] }), await wrong({ entityIds: ['ready', 'news'] }), await wrong({ entityIds: ['x'] }), await wrong({ entityIds: ['ready'], appId: 'y' }),
			(await failing(my.unsubscribeMessage({ entityIds: ['x'] }))).error].join());`)
	p.Press("#go")
	p.Sees(".subscribe", "Order ready")
	p.Tap(".layer:not(.out) .sheet-close")
	p.Sees(".subscribe", "News of the harbour")
	p.Shot("lasting")
	p.Tap(".layer:not(.out) .deny")
	p.Reads("asking: 15")
	p.Tap(".layer:not(.out) .allow")
	p.ends(map[string]string{"closed": "cancel,11,11,true,ready", "never": "subscribe,true,reject", "after": "false,reject", "back": "true", "lasting": "accept",
		"wrong": "203,203,106002,106008,402,106008"})
	for _, code := range []string{"1", "2"} {
		if err := p.sends("news", code); err != nil {
			t.Errorf("a lasting yes, message %s: %v", code, err)
		}
	}
	if _, err := chrome.JS[bool](p.Tab, `(localStorage.setItem('souk.language', 'zh-Hans'), localStorage.setItem('souk.theme', 'dark'), true)`); err != nil {
		t.Fatal(err)
	}
	p.Run(chromedp.Navigate("about:blank"), chromedp.Navigate(p.Base+"/#/messages"))
	p.Sees(".message", "港湾资讯")
	p.Shot("zh-dark")
}
