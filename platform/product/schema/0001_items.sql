CREATE TABLE product_item (
  app_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  detail TEXT NOT NULL,
  detail_zh TEXT NOT NULL,
  price_fen BIGINT NOT NULL CHECK (price_fen > 0),
  image TEXT NOT NULL,
  position BIGINT NOT NULL,
  on_sale BOOLEAN NOT NULL,
  PRIMARY KEY (app_id, id)
);
CREATE INDEX product_item_position ON product_item (app_id, position, id);
