// The program's words in English and Simplified Chinese; the person's language decides.
const words = {
  en: {
    menu: 'Menu', receipts: 'Receipts', title: 'Northpier Coffee', harbour: 'Harbour Street 12', open: 'Open until 21:00',
    lead: 'Roasted this morning, poured for you.', drinks: 'Drinks', add: 'Buy', total: 'Total', pay: 'Pay', cancel: 'Not now',
    paying: 'One moment…', cancelled: 'Payment cancelled', failed: 'The payment did not go through', unknown: 'We are checking your payment. See Receipts in a moment.',
    offline: 'No connection. Pull down to try again.', paid: 'Paid', refunded: 'Refunded', closed: 'Closed', waiting: 'Waiting for payment', receipt: 'Receipt', number: 'Trade number',
    time: 'Time', thanks: 'Thank you!', back: 'Back to the menu', empty: 'Nothing is on sale right now.', none: 'No receipts yet', noneHint: 'Your first cup is one tap away.', quantity: 'How many', close: 'Close',
  },
  zh: {
    menu: '点单', receipts: '小票', title: '北埠咖啡', harbour: '港湾街 12 号', open: '营业至 21:00',
    lead: '今早烘焙，现在为你冲泡。', drinks: '饮品', add: '购买', total: '合计', pay: '去支付', cancel: '再看看',
    paying: '请稍候…', cancelled: '已取消支付', failed: '支付未成功', unknown: '正在确认支付结果，请稍后在“小票”中查看。',
    offline: '网络不可用，下拉重试。', paid: '已支付', refunded: '已退款', closed: '已关闭', waiting: '待支付', receipt: '小票', number: '交易号',
    time: '时间', thanks: '谢谢惠顾！', back: '返回点单', empty: '暂无在售饮品。', none: '还没有小票', noneHint: '第一杯，只差一次轻点。', quantity: '数量', close: '关闭',
  },
};

export function language() {
  const code = String(my.getSystemInfoSync().language || my.env.language || 'en').toLowerCase();
  return code.indexOf('zh') === 0 ? 'zh' : 'en';
}

export function t() {
  return words[language()];
}

export function setTabNames() {
  const w = t();
  my.setTabBarItem({ index: 0, text: w.menu });
  my.setTabBarItem({ index: 1, text: w.receipts });
}
