import { openShop } from './shop';

const index = 'pages/index/index';

test('the menu lists every drink with its price', async ({ open, expect, mock, snapshot }) => {
  openShop(mock);
  await open(index);
  expect('.drink').toHaveCount(2);
  expect('.drink .drink-price').toHaveText('¥28.00');
  await snapshot();
});

test('the person’s language decides the words', async ({ open, expect, mock }) => {
  openShop(mock);
  await open(index, {}, { language: 'zh-Hans' });
  expect('.drink-name').toHaveText('燕麦拿铁');
  expect('.section').toHaveText('饮品');
});

test('two of a drink cost twice its price, and paying leads to the receipt', async ({ open, tap, wait, expect, mock, calls, path }) => {
  openShop(mock);
  await open(index);
  await tap('.drink-buy');
  expect('#sum').toHaveText('¥28.00');
  await tap('[aria-label="+1"]');
  expect('#sum').toHaveText('¥56.00');
  await tap('#pay');
  await wait('#paid');
  expect(path()).toBe('pages/receipt/receipt');
  expect('#paid').toHaveText('¥56.00');
  expect(calls('tradePay')).toEqual([{ tradeNO: 'T1' }]);
  const order = calls('request').find((c) => c.method === 'POST');
  expect(order.data.items).toEqual([{ id: 'latte', quantity: 2 }]);
});

test('who cancels at the cashier keeps the cup in hand', async ({ open, tap, expect, mock, answer, calls, path }) => {
  openShop(mock);
  answer('tradePay', { resultCode: '6001' });
  await open(index);
  await tap('.drink-buy');
  await tap('#pay');
  expect(path()).toBe(index);
  expect('.sheet').toExist();
  expect(calls('showToast')[0].content).toBe('Payment cancelled');
});

test('an unknown outcome sends the person to the receipts', async ({ open, tap, expect, mock, answer, calls }) => {
  openShop(mock);
  answer('tradePay', { resultCode: '6004' });
  await open(index);
  await tap('.drink-buy');
  await tap('#pay');
  expect(calls('showToast')[0].content).toContain('checking your payment');
});

test('without a network the menu says so, and pulling down tries again', async ({ open, pullDown, expect, mock }) => {
  await open(index);
  expect('.problem').toContainText('No connection');
  openShop(mock);
  await pullDown();
  expect('.problem').not.toExist();
  expect('.drink').toHaveCount(2);
});
