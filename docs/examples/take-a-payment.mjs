// Takes a payment end to end with the unmodified npm package alipay-sdk: create, wait for the signed notification, query,
// refund a part, ask for the refund.
//
//   node take-a-payment.mjs card.json app_private_key.txt [--v3] [--aes]
//
// card.json is what `souk app create … --json` printed. docs/openapi.md has the commands around it.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { AlipaySdk } from 'alipay-sdk';

const [cardFile, keyFile, ...flags] = process.argv.slice(2);
const v3 = flags.includes('--v3');
const aes = flags.includes('--aes');
const card = JSON.parse(readFileSync(cardFile, 'utf8'));

function certificates(folder) {
  const app = readdirSync(folder).find((name) => name.startsWith('appCertPublicKey_'));
  return {
    appCertPath: join(folder, app),
    alipayPublicCertPath: join(folder, 'alipayCertPublicKey_RSA2.crt'),
    alipayRootCertPath: join(folder, 'alipayRootCert.crt'),
  };
}

// These two lines of addresses are all that differs from a server that talks to Alipay.
const sdk = new AlipaySdk({
  gateway: card.gateway,
  endpoint: card.endpoint,
  appId: card.appId,
  privateKey: readFileSync(keyFile, 'utf8'),
  encryptKey: card.aesKey,
  ...(card.files ? certificates(card.files) : { alipayPublicKey: card.platformPublicKey }),
});

// One call in either dialect: v2 names a method, v3 a path. npm cannot check the signature of an encrypted v2 answer.
async function call(method, biz, notifyUrl) {
  if (v3) {
    const body = notifyUrl ? { ...biz, notify_url: notifyUrl } : biz;
    const { data } = await sdk.curl('POST', '/v3/' + method.replaceAll('.', '/'), { body, needEncrypt: aes });
    return data;
  }
  const params = { bizContent: biz, needEncrypt: aes };
  if (notifyUrl) params.notifyUrl = notifyUrl;
  const result = await sdk.exec(method, params, { validateSign: !aes });
  if (result.code !== '10000') throw new Error(`${method}: ${result.subCode} ${result.subMsg}`);
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase()), value]));
}

function must(condition, words) {
  if (!condition) throw new Error(words);
}

// The merchant's side of a notification: check the signature and the order, answer the seven characters.
function listen(order) {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => { text += chunk; });
      request.on('end', () => {
        const form = Object.fromEntries(new URLSearchParams(text));
        const genuine = sdk.checkNotifySignV2(form) && sdk.checkNotifySign(form);
        const mine = form.app_id === card.appId && form.out_trade_no === order.out_trade_no && form.total_amount === order.total_amount;
        response.end(genuine && mine ? 'success' : 'fail');
        if (form.trade_status !== 'TRADE_SUCCESS' || form.refund_fee) return;
        if (genuine && mine) arrived(form);
        else failed(new Error('a notification that is not genuine: ' + text));
      });
    });
    let arrived, failed;
    const paid = new Promise((yes, no) => { arrived = yes; failed = no; });
    paid.catch(() => {});
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve({ server, paid, url: `http://127.0.0.1:${server.address().port}/notify?shop=1` }));
  });
}

const order = { out_trade_no: 'DEMO' + Date.now(), total_amount: '9.90', subject: '拿铁 & "large"' };
const { server, paid, url } = await listen(order);
const trade = await call('alipay.trade.create', order, url);
console.log(`TRADE ${trade.trade_no} waits for its payer: souk pay ${trade.trade_no} --as PERSON`);

const told = await paid;
must(told.trade_no === trade.trade_no, 'the notification is about another trade');
const state = await call('alipay.trade.query', { out_trade_no: order.out_trade_no });
must(state.trade_status === 'TRADE_SUCCESS', `the trade is ${state.trade_status}`);
console.log(`PAID ${state.total_amount} by ${state.buyer_open_id}, notification ${told.notify_id} is genuine`);

const request = { out_trade_no: order.out_trade_no, refund_amount: '1.90', out_request_no: 'back-1' };
const refund = await call('alipay.trade.refund', request);
const again = await call('alipay.trade.refund', request);
must(refund.fund_change === 'Y' && again.fund_change === 'N', 'a repeated refund moved money twice');
const asked = await call('alipay.trade.fastpay.refund.query', { out_trade_no: order.out_trade_no, out_request_no: 'back-1' });
must(asked.refund_status === 'REFUND_SUCCESS' && asked.refund_amount === '1.90', 'the refund is not there');
console.log(`REFUNDED ${again.refund_fee} of ${state.total_amount}`);
server.close();
server.closeAllConnections();
