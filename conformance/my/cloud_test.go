package my_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"souk/kit/db"
	"souk/platform/merchant"
)

func TestACloudFunctionOfTheMerchantIsCalled(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if json.NewDecoder(r.Body).Decode(&in) != nil || r.URL.Path == "/fn/broken" {
			http.Error(w, `{"message": "broken"}`, http.StatusInternalServerError)
			return
		}
		w.Header().Set("X-Request-Id", "r-7")
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"path": r.URL.Path, "method": r.Method, "cups": in["cups"], "known": len(r.Header.Get("X-Souk-Auth-Code")) > 10})
	}))
	t.Cleanup(server.Close)
	p := open(t, `const ctx = my.cloud.createCloudContext({ env: 'prod' });
		say('able', my.canIUse('cloud.createCloudContext') && my.canIUse('createCloudContext'));
		say('early', (await failing(ctx.callFunction({ name: 'points' }))).error);
		await ctx.init();
		const r = await ctx.callFunction({ name: 'points', data: { cups: 3 } });
		say('called', [r.result.path, r.result.method, r.result.cups, r.result.known, r.requestID].join());
		const c = await ctx.callContainer({ path: '/api/items?a=1', method: 'PUT', header: { 'X-Own': '1' }, data: { cups: 4 } });
		say('container', [c.resultCode, c.resultData.path, c.resultData.method, c.resultData.cups].join());
		ctx.callFunction({ name: 'mocked', success: (m) => say('mocked', m.result.from) });
		say('nameless', (await failing(ctx.callFunction({}))).error);
		say('broken', (await failing(ctx.callFunction({ name: 'broken' }))).error);
		const other = my.createCloudContext('elsewhere');
		await other.init();
		say('unknown', (await failing(other.callFunction({ name: 'points' }))).error);
		say('files', (await failing(ctx.getTempFileURL({ fileList: [] }))).error + ' ' + thrown(() => ctx.database()).error);`, "",
		"-- souk.mock.json --\n{\"requests\": [{\"url\": \"/mocked\", \"method\": \"POST\", \"data\": {\"from\": \"the table\"}}]}\n")
	if err := p.DB.Write(context.Background(), func(tx *db.Tx) error {
		return merchant.SetCloud(context.Background(), tx, p.App, "prod", server.URL+"/fn")
	}); err != nil {
		t.Fatal(err)
	}
	p.Press("#go")
	p.Reads("mocked: the table")
	p.ends(map[string]string{"able": "true", "early": "60002", "called": "/fn/points,POST,3,true,r-7", "container": "200,/fn/api/items,PUT,4",
		"nameless": "60001", "broken": "60005", "unknown": "60005", "files": "4 4"})
}
