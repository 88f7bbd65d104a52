package my_test

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

func TestASheetComesOverThePageAndTellsEachTurn(t *testing.T) {
	p := open(t, `const types = () => (page.heard || []).map(([type]) => type);
		await shown({ show: true });
		await until(() => types().includes('afterEnter'));
		say('came', types().join());
		await until(() => types().includes('clickOverlay'));
		await shown({ show: false });
		await until(() => types().includes('afterLeave'));
		say('left', types().slice(4).join());`,
		`<page-container show="{{show}}" duration="60" round="{{true}}" onBeforeEnter="hear" onEnter="hear" onAfterEnter="hear" onBeforeLeave="hear" onLeave="hear" onAfterLeave="hear" onClickOverlay="hear"><view id="inside" style="height:200px">Choose a cup</view></page-container>`, "")
	p.Press("#go")
	p.Reads("came:")
	p.Shot("sheet")
	p.PressThe("the shade", `find('.souk-sheet-shade')[0]`)
	p.ends(map[string]string{"came": "beforeEnter,enter,afterEnter", "left": "beforeLeave,leave,afterLeave"})
}

func TestWhatSpeaksForThePageChangesThePage(t *testing.T) {
	p := open(t, `await shown({ meta: true });
		const look = await new Promise((done) => my.createSelectorQuery().select('#wide').boundingClientRect().select('#narrow').boundingClientRect().exec(done));
		say('media', look[0].width + ' ' + look[1].width);
		await shown({ top: '40px' });
		await until(() => (page.heard || []).some(([type, detail]) => type === 'scroll' && detail.scrollTop >= 39));
		say('scrolled', true);`,
		`<page-meta a:if="{{meta}}" page-style="color: rgb(185, 71, 27)" root-background-color="#e0f0e0" scroll-top="{{top}}" scroll-duration="0" onScroll="hear"/>
<match-media min-width="300"><view id="wide" style="width:30px;height:10px"/></match-media><match-media min-width="900"><view id="narrow" style="width:30px;height:10px"/></match-media>
<view style="overflow:hidden;width:20px;height:20px;transform:scale(1)"><root-portal><view id="over" style="position:fixed;left:10px;top:300px;width:200px;height:50px;background:#fff">over all</view></root-portal></view>
<error-view type="network" message="Ask later"/><view style="height:1500px"/>`, "")
	p.Press("#go")
	p.ends(map[string]string{"media": "30 0", "scrolled": "true"})
	p.Shot("page")
	seen, err := handset.Inside[string](p.Phone, `const r = find('#over')[0].getBoundingClientRect(); const style = getComputedStyle(root.host);
		return [r.width, r.height, Math.round(r.top), style.color, style.backgroundColor, find('.souk-error-title')[0].textContent].join('|');`)
	if err != nil || seen != "200|50|300|rgb(185, 71, 27)|rgb(224, 240, 224)|网络不给力" {
		t.Errorf("the page shows %q (%v)", seen, err)
	}
}

// reach gives the keyboard's focus to what the selector finds in the program.
func (p *phone) reach(selector string) {
	p.T.Helper()
	if _, err := handset.Inside[bool](p.Phone, `find(`+chrome.Quote(selector)+`)[0].focus(); return true;`); err != nil {
		p.T.Fatal(err)
	}
}

func TestControlsAreReachedByKeyboardAndNamedForScreenReaders(t *testing.T) {
	p := open(t, `await until(() => (page.heard || []).length >= 5);
		say('heard', page.heard.map(([type, detail]) => type + ' ' + JSON.stringify(detail.value)).join('; '));`,
		`<button id="b" onTap="hear">Pay</button><switch id="s" onChange="hear" aria-label="Ice"/><checkbox-group onChange="hear"><checkbox id="c" value="milk"/></checkbox-group>
<radio-group onChange="hear"><radio id="r" value="large"/></radio-group><slider id="l" value="50" step="10" onChange="hear"/><navigator id="n" url="/q">further</navigator>`, "")
	p.Press("#go")
	for _, c := range []struct{ id, role, key string }{
		{"#b", "button", "\r"}, {"#s", "switch", " "}, {"#c", "checkbox", " "}, {"#r", "radio", " "}, {"#l", "slider", ""}, {"#n", "link", ""},
	} {
		role, err := handset.Inside[string](p.Phone, `const n = find('`+c.id+`')[0]; const at = n.matches('[role]') ? n : n.querySelector('[role]') ?? n; return [at.getAttribute('role'), at.tabIndex].join();`)
		if err != nil || role != c.role+",0" {
			t.Errorf("%s is %q (%v), want %s that the tab key reaches", c.id, role, err, c.role)
		}
		if c.key != "" {
			p.reach(c.id)
			p.Run(chromedp.KeyEvent(c.key))
		}
	}
	p.reach("#l")
	p.Run(chromedp.KeyEvent(kb.ArrowRight))
	p.ends(map[string]string{"heard": `tap undefined; change true; change ["milk"]; change "large"; change 60`})
}

// finger touches down, moves or leaves.
func (p *phone) finger(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
	p.T.Helper()
	if at == nil {
		at = []*input.TouchPoint{}
	}
	if _, err := chromedp.Call(p.Ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: at}); err != nil {
		p.T.Fatal(err)
	}
}

func TestSlidesThatPassByHaveAClassOfTheirOwn(t *testing.T) {
	p := open(t, `say('ready', true); await until(() => (page.heard || []).some(([type]) => type === 'change'));
		say('current', page.heard.find(([type]) => type === 'change')[1].current >= 1);`,
		`<swiper id="w" acceleration="{{true}}" changing-class="passing" active-class="here" swipe-speed="0.1" duration="50" style="height:120px" onChange="hear"><swiper-item a:for="{{4}}"><view>{{item}}</view></swiper-item></swiper>`, "")
	p.Press("#go")
	p.Reads("ready:")
	at := p.Rest("the slides", `find('#w')[0]`)
	p.finger(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at.X + 150, Y: at.Y})
	for n := range 6 {
		p.finger(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: at.X + 150 - float64(50*(n+1)), Y: at.Y})
	}
	passing := func(want string) func() bool {
		return func() bool {
			have, err := handset.Inside[string](p.Phone, `return find('a_swiper_item').map((n) => +n.classList.contains('passing')).join('');`)
			return err == nil && have == want
		}
	}
	p.Until("two slides on their way", passing("1100"))
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	p.Until("no slide on its way", passing("0000"))
	p.ends(map[string]string{"current": "true"})
}

func TestAVideoFillsTheScreenFromInsideItsSandbox(t *testing.T) {
	p := open(t, `await until(() => (page.heard || []).some(([type]) => type === 'fullScreenChange'));
		say('wide', page.heard.map(([type, detail]) => type + ' ' + JSON.stringify(detail)).join('; '));
		const v = my.createVideoContext('v');
		say('current', (await v.getCurrentTime()).currentTime);
		await until(() => page.heard.filter(([type]) => type === 'fullScreenChange').length === 2);
		say('back', JSON.stringify(page.heard.pop()[1]));`,
		`<video id="v" show-mute-btn="{{false}}" showPlayBtn="{{false}}" enableProgressGesture="{{true}}" floatingMode="none" direction="0" onUserAction="hear" onFullScreenChange="hear" style="width:300px;height:200px"/>`, "")
	p.Press("#go")
	p.PressThe("the button for full screen", `find('.souk-video-bar > button:last-of-type')[0]`)
	p.Reads("wide:")
	if wide, err := chrome.JS[bool](p.Tab, `document.fullscreenElement?.className === 'program-frame'`); err != nil || !wide {
		t.Errorf("the page does not show the frame in full screen (%v)", err)
	}
	seen, err := handset.Inside[string](p.Phone, `return find('.souk-video-bar > button').filter((b) => b.checkVisibility()).length + ' ' + (root.fullscreenElement?.className ?? '');`)
	if err != nil || seen != "1 souk-video" {
		t.Errorf("in full screen: %q (%v)", seen, err)
	}
	if _, err := handset.Inside[bool](p.Phone, `find('.souk-video-bar > button:last-of-type')[0].click(); return true;`); err != nil {
		t.Fatal(err)
	}
	p.ends(map[string]string{
		"wide": `userAction {"tag":"fullscreen","value":1}; fullScreenChange {"fullScreen":true,"direction":"vertical"}`, "current": "0", "back": `{"fullScreen":false,"direction":"vertical"}`,
	})
}
