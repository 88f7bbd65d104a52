package my_test

import (
	"strings"
	"testing"

	"souk/conformance/handset"
)

func TestAMapShowsWhereOneIsWhatAProgramLaysOnItAndWhatIsTapped(t *testing.T) {
	p := open(t, `await until(() => (page.heard || []).some(([type]) => type === 'panelTap'));
		say('panel', page.heard.find(([type]) => type === 'panelTap')[1]);
		const m = my.createMapContext('m');
		await m.moveToLocation();
		const at = await m.getCenterLocation();
		say('here', at.latitude + ' ' + at.longitude + ' ' + at.scale);
		say('turned', (await m.getRotate()).rotate + ' ' + (await m.getSkew()).skew);
		say('props', typeof (await m.getMapProperties()).isSupportAnim);
		say('inside', (await m.polygonContainsPoint({ polygon: [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 9 }, { latitude: 9, longitude: 4 }], point: { latitude: 1, longitude: 4 } })).success);
		say('far', (await failing(m.initMarkerCluster({ clusterRanges: [] }))).error);
		await until(() => page.regions && page.regions.length);
		say('region', page.regions[page.regions.length - 1]);`,
		`<map id="m" latitude="31.2" longitude="121.4" scale="12" rotate="{{30}}" skew="{{20}}" show-location customMapStyle="light" includePadding="{{ {left: 5, right: 5, top: 5, bottom: 5} }}"
  panels="{{ [{ id: 6, layout: { src: '/layout/panel.xml', params: { title: 'To the shop' } }, position: { left: 0, bottom: 0, width: 200, height: 60 } }] }}"
  groundOverlays="{{ [{ id: 'a', image: '/p.svg', alpha: 0.5, 'include-points': [{ latitude: 31.21, longitude: 121.41 }, { latitude: 31.2, longitude: 121.4 }] }] }}"
  tileOverlay="{{ { url: '/t.svg?{z}-{x}-{y}', type: 0 } }}" onPanelTap="hear" onRegionChange="region" style="width:100%;height:240px"/>`,
		`-- layout/panel.xml --
<box layout='vertical' background-color='#DC143C'><text id='go' clickable='true' text='${title}' font-size='16' color='#FFFFFF'/></box>
-- p.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#f60"/></svg>
-- t.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#e8eef7" stroke="#b8c6dd" stroke-width=".1"/></svg>
-- mini.project.json --
{"include": ["**/*.xml"]}
`)
	p.Stand(31.5, 121.5)
	p.Tap(".layer:not(.out) .allow")
	p.Press("#go")
	p.PressThe("the panel's text", `find('a_map [role=button] [role=button]')[0]`)
	p.ends(map[string]string{
		"panel": `{"panelId":6,"layoutId":"go"}`, "here": "31.5 121.5 16", "turned": "30 20", "props": "boolean", "inside": "true", "far": "3",
	})
	p.Shot("map")
	if text := p.Text(); !strings.Contains(text, `region: end update 31.5`) {
		t.Errorf("the map's own move was told as %q", text)
	}
	seen, err := handset.Inside[string](p.Phone, `return find('a_map img').every((img) => img.complete && img.naturalWidth === 8) + ' ' + find('a_map img').length;`)
	if err != nil || !strings.HasPrefix(seen, "true ") || seen == "true 0" {
		t.Errorf("the pictures on the ground: %s (%v)", seen, err)
	}
}
