package programs_test

import (
	"testing"
)

// realProgram is one that somebody else wrote for Alipay.
type realProgram struct {
	Name   string // its folder under SOUK_PROGRAMS
	Source string // repository and commit
	Mocks  string // testdata/mocks/….json, or ""
	Known  []mistake
	Tour   func(p *phone) // what a person looks at and taps; nil for none yet
}

var realPrograms = []realProgram{
	{Name: "01-component2", Source: "ant-mini-program/component2-demo@2caf49defe", Tour: tourComponent2},
	{Name: "02-multistore", Source: "ant-mini-program/multiple-store-demo@8ec9689661", Tour: tourMultistore},
	{Name: "03-morjs/examples/alipay/src", Source: "eleme/morjs@fb9bb4a832 examples/alipay/src", Tour: tourOfficial},
	{Name: "04-mini-ali-ui/demo", Source: "Alibaba-mp/mini-ali-ui@19d221e991 demo", Tour: tourMiniAliUI},
	{Name: "05-mushroom", Mocks: "mushroom", Source: "Duanzihuang/alipay-mp-mushroom-online@69897ca650", Tour: tourMushroom},
	{Name: "06-locallife", Mocks: "locallife", Source: "Duanzihuang/alipay_mp_local_life@27e361ccc2", Tour: tourLocalLife},
	{Name: "07-gdei", Mocks: "gdei", Source: "GdeiAssistant/GdeiAssistant-AlipayApp@758f7c1474", Tour: tourGdei},
	{Name: "08-starbucks", Source: "Dandelion529/zfb_starbucks@e74dfa49d5", Tour: tourStarbucks},
	{Name: "09-foodchain", Source: "Hollys31/foodChainAlipay@f6be58fc27", Tour: tourFoodChain},
	{Name: "10-nideshop", Mocks: "nideshop", Source: "hu-qi/nideshop-alipay@cfd9a3787c", Tour: tourNideshop, Known: []mistake{
		{Page: "pages/ucenter/index/index", Message: "Unexpected end of JSON input", Why: "it reads an empty string as JSON while nobody is logged in"},
	}},
	{Name: "11-greenpath", Source: "oezeb/green-path@1a57b60901", Tour: tourGreenPath},
	{Name: "12-dana", Source: "BagasMB/Dana-Mini-App@b7b6ce95c7", Tour: tourDana},
	{Name: "13-f7", Source: "antvis/F7@e7358bbf4e"},
	{Name: "13b-device", Source: "OmerElgoni/Mini-Program-Device-Features-Demo@03552c6715", Tour: tourDevice},
}

func TestRealProgramsRun(t *testing.T) {
	for _, r := range realPrograms {
		t.Run(r.Name, func(t *testing.T) {
			dir := folderOf(r.Name)
			if dir == "" {
				t.Logf("not fetched: %s", r.Source)
				return
			}
			var answers []answer
			if r.Mocks != "" {
				answers = answersOf(t, r.Mocks)
			}
			pages, tabs := pagesOf(t, dir)
			p := openPhone(t, dir, answers)
			p.shot("first")
			if r.Tour != nil {
				r.Tour(p)
			}
			opened, failures, theirs := p.walk(pages, tabs, r.Known)
			for _, f := range failures {
				t.Error(f)
			}
			t.Logf("%d of %d pages opened; %d errors of the program's own; %d addresses without a server", opened, len(pages), len(theirs), len(p.servers.refused))
		})
	}
}
