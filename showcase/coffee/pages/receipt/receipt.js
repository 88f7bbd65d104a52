import { t, language } from '../../lib/words';
import { receipt } from '../../lib/shop';

Page({
  data: { w: {}, trade: null, fresh: false, state: '', problem: '' },

  onLoad(query) {
    const w = t();
    this.setData({ w, fresh: query.fresh === '1' });
    my.setNavigationBar({ title: w.receipt });
    receipt(query.tradeNo).then(
      (trade) => this.setData({ trade: named(trade), state: stateOf(trade, w) }),
      (e) => this.setData({ problem: (e && (e.errorMessage || e.message)) || w.offline }),
    );
  },

  back() {
    my.switchTab({ url: '/pages/index/index' });
  },
});

const stateOf = (trade, w) => ({ TRADE_SUCCESS: w.paid, TRADE_FINISHED: w.paid, TRADE_CLOSED: w.closed, WAIT_BUYER_PAY: w.waiting })[trade.status] || trade.status;

function named(trade) {
  const code = language();
  const lines = (trade.lines || []).map((line) => ({ ...line, name: line.name && line.name.en ? line.name[code] || line.name.en : line.name }));
  return { ...trade, lines };
}
