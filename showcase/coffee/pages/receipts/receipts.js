import { t } from '../../lib/words';
import { receipts } from '../../lib/shop';

Page({
  data: { w: {}, trades: [], states: {}, loaded: false, problem: '' },

  onShow() {
    const w = t();
    my.setNavigationBar({ title: w.receipts });
    this.setData({ w, states: { TRADE_SUCCESS: w.paid, TRADE_FINISHED: w.paid, TRADE_CLOSED: w.closed, WAIT_BUYER_PAY: w.waiting } });
    return this.load();
  },

  onPullDownRefresh() {
    this.load().then(() => my.stopPullDownRefresh());
  },

  load() {
    return receipts().then(
      (trades) => this.setData({ trades, loaded: true, problem: '' }),
      () => this.setData({ loaded: true, problem: t().offline }),
    );
  },

  open(e) {
    my.navigateTo({ url: `/pages/receipt/receipt?tradeNo=${e.currentTarget.dataset.no}` });
  },
});
