-- What a merchant told about an order after it was paid (alipay.trade.orderinfo.sync), by its own request number.
CREATE TABLE openapp_order_sync (
  trade_no TEXT NOT NULL,
  out_request_no TEXT NOT NULL,
  app_id TEXT NOT NULL,
  biz_type TEXT NOT NULL,
  content TEXT NOT NULL,                -- order_biz_info, verbatim
  made_at BIGINT NOT NULL,
  PRIMARY KEY (trade_no, out_request_no)
);
