import { language } from './words';

// Talks to Souk's commerce service: this program has no server of its own.
function call(method, url, data) {
  return new Promise((resolve, reject) => {
    my.request({
      url,
      method,
      data,
      dataType: 'json',
      headers: { 'content-type': 'application/json', 'accept-language': language() },
      success: (res) => (res.status >= 200 && res.status < 300 ? resolve(res.data) : reject(res.data || res)),
      fail: reject,
    });
  });
}

export const menu = () => call('GET', '/commerce/v1/items').then((body) => body.items);

export const receipts = () => call('GET', '/commerce/v1/trades').then((body) => body.trades);

export const receipt = (tradeNo) => call('GET', `/commerce/v1/trades/${encodeURIComponent(tradeNo)}`);

// key makes a retry of the same purchase the same trade.
export const order = (itemId, quantity, key) => call('POST', '/commerce/v1/trades', { key, items: [{ id: itemId, quantity }] });

// pay resolves to Alipay's resultCode: 9000 paid, 6001 cancelled, 4000 failed, 6002 no network, 8000 and 6004 unknown.
export function pay(tradeNO) {
  return new Promise((resolve) => {
    my.tradePay({ tradeNO, success: (res) => resolve(String(res.resultCode)), fail: (res) => resolve(String((res && res.resultCode) || '6002')) });
  });
}
