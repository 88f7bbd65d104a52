-- Which trades were made for one payer alone: the index of a person's trades holds these, so that paying any other does not touch it.
ALTER TABLE pay_trade ADD COLUMN named BOOLEAN NOT NULL DEFAULT false;
UPDATE pay_trade SET named = true WHERE buyer_id IS NOT NULL;
DROP INDEX pay_trade_buyer;
CREATE INDEX pay_trade_named ON pay_trade (buyer_id, made_at, trade_no) WHERE named;
