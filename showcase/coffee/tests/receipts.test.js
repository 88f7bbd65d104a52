import { openShop } from './shop';

test('receipts are listed with their state and open with a tap', async ({ open, tap, expect, mock, path }) => {
  openShop(mock);
  await open('pages/receipts/receipts');
  expect('.trade').toHaveCount(2);
  expect('.trade:n(1)').toContainText('Waiting for payment');
  await tap('.trade');
  expect(path()).toBe('pages/receipt/receipt');
  expect('.line').toContainText('Oat latte × 2');
  expect('.thanks').toHaveText('Paid');
});

test('a receipt that is not there says why', async ({ open, expect, mock }) => {
  openShop(mock);
  await open('pages/receipt/receipt?tradeNo=T9');
  expect('.empty').toHaveText('there is no such receipt');
  expect('.receipt').not.toExist();
});

test('somebody without receipts is told what to do', async ({ open, expect, mock }) => {
  mock('/commerce/v1/trades', { trades: [] });
  await open('pages/receipts/receipts');
  expect('.empty-title').toHaveText('No receipts yet');
});
