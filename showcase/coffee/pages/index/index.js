import { t, language } from '../../lib/words';
import { menu, order, pay } from '../../lib/shop';

let purchases = 0;

Page({
  data: { w: {}, drinks: [], loaded: false, chosen: null, quantity: 1, busy: false, problem: '' },

  onLoad() {
    this.setData({ w: t() });
    my.setNavigationBar({ title: t().title });
    this.load();
  },

  onPullDownRefresh() {
    this.load().then(() => my.stopPullDownRefresh());
  },

  async load() {
    try {
      const items = await menu();
      this.setData({ drinks: items.map(inLanguage), loaded: true, problem: '' });
    } catch (e) {
      this.setData({ problem: t().offline });
    }
  },

  choose(item) {
    purchases += 1;
    this.key = `${Date.now()}-${purchases}-${Math.random().toString(36).slice(2, 10)}`;
    this.setData({ chosen: item, quantity: 1 });
  },

  drop() {
    if (!this.data.busy) this.setData({ chosen: null });
  },

  setQuantity(quantity) {
    // Another quantity is another purchase: it must not reuse the key.
    this.key = `${this.key.split('#')[0]}#${quantity}`;
    this.setData({ quantity });
  },

  async buy() {
    if (this.data.busy) return;
    this.setData({ busy: true });
    try {
      const trade = await order(this.data.chosen.id, this.data.quantity, this.key);
      await this.finish(trade.tradeNo, await pay(trade.tradeNo));
    } catch (e) {
      my.showToast({ type: 'fail', content: (e && (e.errorMessage || e.message)) || t().failed });
    }
    this.setData({ busy: false });
  },

  async finish(tradeNo, code) {
    if (code === '9000') {
      this.setData({ chosen: null });
      my.navigateTo({ url: `/pages/receipt/receipt?tradeNo=${tradeNo}&fresh=1` });
      return;
    }
    const words = { 6001: t().cancelled, 8000: t().unknown, 6004: t().unknown };
    my.showToast({ type: code === '6001' ? 'none' : 'fail', content: words[code] || t().failed });
  },
});

// The server sends names and notes in both languages.
function inLanguage(item) {
  const code = language();
  const pick = (both) => (both && typeof both === 'object' ? both[code] || both.en : both || '');
  return { ...item, name: pick(item.name), note: pick(item.note) };
}
