package open

import (
	"context"
	"encoding/json"
	"errors"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/notice"
)

// maxNoticeData bounds what fills a message's places, in bytes; Alipay's own bound.
const maxNoticeData = 2048

// noticeSend sends a message to a person who asked for it (my.requestSubscribeMessage). form_id, which Alipay made optional, is the
// message's own number: the same again is not sent again.
func noticeSend(ctx context.Context, c *call) (any, error) {
	var in struct {
		UserID   text                          `json:"to_user_id"`
		OpenID   text                          `json:"to_open_id"`
		FormID   text                          `json:"form_id"`
		Template text                          `json:"user_template_id"`
		Page     text                          `json:"page"`
		Data     object[map[string]noticeWord] `json:"data"`
	}
	if err := first(c.bind(&in), need("user_template_id", in.Template, 64), short("form_id", in.FormID, 60)); err != nil {
		return nil, err
	}
	if raw, err := json.Marshal(in.Data.Value); err != nil || !in.Data.Set || len(raw) > maxNoticeData {
		return nil, refuse("DATA_CONTENT_FORMAT_ERROR", `data内容格式错误: {"keyword1": {"value": "…"}, …} of at most 2048 bytes`)
	}
	if len(in.Page) > notice.MaxPath {
		return nil, refuse("PAGE_OVER_LIMIT", "page长度超限")
	}
	values := map[string]string{}
	for name, word := range in.Data.Value {
		values[name] = string(word.Value)
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		who := in.OpenID
		if who == "" {
			who = in.UserID
		}
		p, err := identity.PersonOf(ctx, tx, c.app.ID, clip(string(who), 64))
		if errors.Is(err, identity.ErrPersonNotFound) {
			return nil, refuse("QUERY_CONSUMER_REQEUST_ERROR", "用户不存在: this app knows no such to_open_id or to_user_id")
		}
		if err != nil {
			return nil, err
		}
		_, _, err = notice.Send(ctx, tx, notice.Letter{App: c.appID(), Person: p.ID, Template: string(in.Template), OutNo: string(in.FormID), Values: values, Page: string(in.Page)})
		return struct{}{}, err
	})
}

// noticeWord fills one place: {"value": "12:00"}.
type noticeWord struct {
	Value text `json:"value"`
}
