// What the npm SDK does beside the happy path: refused calls in both dialects, uploads, pages and order strings.
import { AlipayFormData, AlipaySdk } from 'alipay-sdk';

const card = JSON.parse(process.env.CARD);
const sdk = new AlipaySdk({
  gateway: card.gateway, endpoint: card.endpoint, appId: card.appId, privateKey: process.env.PRIVATE_KEY,
  alipayPublicKey: card.platformPublicKey, encryptKey: card.aesKey,
});
const checked = { validateSign: true };

function equal(got, want, words) {
  if (got !== want) throw new Error(`${words}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

const missing = await sdk.exec('alipay.trade.query', { bizContent: { outTradeNo: 'none' } }, checked);
equal(missing.subCode, 'ACQ.TRADE_NOT_EXIST', 'v2 query of nothing');
equal(/^\w{29,}$/.test(missing.traceId), true, 'v2 trace id');

const empty = await sdk.exec('alipay.trade.query', { appAuthToken: '', bizContent: { outTradeNo: 'none' } }, checked);
equal(empty.subCode, 'ACQ.TRADE_NOT_EXIST', 'an empty parameter that npm signs');

const unknown = await sdk.exec('alipay.no.such.method', {}, checked);
equal(unknown.subCode, 'isv.invalid-method', 'an unknown method');

const code = await sdk.exec('alipay.system.oauth.token', { grantType: 'authorization_code', code: 'none' }, checked);
equal(code.subMsg, '授权码code无效', 'an unknown auth code');

const token = await sdk.exec('alipay.trade.query', { appAuthToken: 'none', bizContent: { outTradeNo: 'none' } }, checked);
equal(token.subMsg, '无效的应用授权令牌', 'an unknown app token');

const foreign = new AlipaySdk({ ...sdk.config, appId: '2021999999999999', privateKey: process.env.PRIVATE_KEY });
equal((await foreign.exec('alipay.trade.query', {})).subMsg, '无效的AppID参数', 'an unknown app');

const wrongKey = new AlipaySdk({ gateway: card.gateway, appId: card.appId, privateKey: process.env.PRIVATE_KEY, encryptKey: 'AAAAAAAAAAAAAAAAAAAAAA==' });
equal((await wrongKey.exec('alipay.trade.query', { needEncrypt: true, bizContent: { a: 1 } })).subMsg, '解密出错, 未知错误', 'another AES key');

const form = new AlipayFormData();
form.addField('bizCode', 'openpt_appstore');
form.addFile('fileContent', '图片.jpg', Buffer.from('JPEG'));
const upload = await sdk.exec('alipay.open.file.upload', {}, { formData: form, ...checked });
equal(upload.code === '10000' || upload.subCode === 'isv.insufficient-isv-permissions', true, `upload: ${JSON.stringify(upload)}`);

async function refused(words, code, status, run) {
  try {
    await run();
  } catch (e) {
    equal(e.code, code, words);
    equal(e.responseHttpStatus, status, words);
    equal(e.links?.length, 1, words + ': links');
    equal(/^\w{29,}$/.test(e.traceId), true, words + ': trace id');
    return;
  }
  throw new Error(words + ': not refused');
}
await refused('v3 query of nothing', 'ACQ.TRADE_NOT_EXIST', 400, () => sdk.curl('POST', '/v3/alipay/trade/query', { body: { out_trade_no: 'none' } }));
await refused('v3 unknown path', 'invalid-method', 400, () => sdk.curl('POST', '/v3/alipay/notexist', { body: {} }));
await refused('v3 app token', 'invalid-app-auth-token', 401, () => sdk.curl('POST', '/v3/alipay/trade/query', { body: {}, appAuthToken: 'none' }));
await refused('v3 user token', 'invalid-auth-token', 401, () => sdk.curl('POST', '/v3/alipay/user/info/share', { body: { auth_token: 'none' } }));
await refused('v3 other app', 'app-openid-not-match', 400, () => sdk.curl('GET', '/v3/alipay/open/auth/userauth/relationship/query', { query: { scopes: 'auth_user', open_id: 'a b+c/中' } }));

const biz = { out_trade_no: 'PAGE' + Date.now(), total_amount: '0.01', subject: 'a', product_code: 'FAST_INSTANT_TRADE_PAY' };
const link = sdk.pageExecute('alipay.trade.page.pay', 'GET', { returnUrl: 'https://shop.example/r', bizContent: biz });
const page = await fetch(link, { redirect: 'manual' });
equal(page.status, 302, 'page link');
equal(page.headers.get('location').startsWith('/#/cashier?'), true, 'page link leads to the cashier');
const html = sdk.pageExecute('alipay.trade.wap.pay', 'POST', { bizContent: { ...biz, out_trade_no: 'WAP' + Date.now() } });
const inputs = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value.replaceAll('&quot;', '"')]);
const posted = await fetch(/action="([^"]+)"/.exec(html)[1], { method: 'POST', body: new URLSearchParams(inputs), redirect: 'manual' });
equal(posted.status, 302, 'page form');
console.log('ORDER ' + sdk.sdkExecute('alipay.trade.app.pay', { bizContent: { ...biz, out_trade_no: 'APP' + Date.now() } }));
