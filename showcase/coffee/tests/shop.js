// What the shop's server says in the tests.
export const items = [
  { id: 'latte', name: { en: 'Oat latte', zh: '燕麦拿铁' }, note: { en: 'Double shot', zh: '双份浓缩' }, image: '/assets/latte.svg', priceFen: 2800 },
  { id: 'americano', name: { en: 'Americano', zh: '美式' }, note: { en: 'Long and black', zh: '清爽' }, image: '/assets/americano.svg', priceFen: 1850 },
];

const trades = {
  T1: { tradeNo: 'T1', subject: 'Oat latte × 2', status: 'TRADE_SUCCESS', totalFen: 5600, createdAt: 1763769600000, paidAt: 1763769660000, lines: [{ name: { en: 'Oat latte', zh: '燕麦拿铁' }, quantity: 2, priceFen: 2800 }] },
  T0: { tradeNo: 'T0', subject: 'Americano', status: 'WAIT_BUYER_PAY', totalFen: 1850, createdAt: 1763769500000, lines: [{ name: { en: 'Americano', zh: '美式' }, quantity: 1, priceFen: 1850 }] },
};

export function openShop(mock) {
  mock('GET /commerce/v1/items', { items });
  mock('POST /commerce/v1/trades', () => ({ tradeNo: 'T1', status: 'WAIT_BUYER_PAY' }));
  mock('GET /commerce/v1/trades', { trades: Object.values(trades) });
  mock('GET /commerce/v1/trades/*', (request) => trades[request.url.split('/').pop()] || { status: 404, data: { error: 'TRADE_NOT_FOUND', errorMessage: 'there is no such receipt' } });
}
