const app = getApp();
Page({
  data: { dots: true, banners: ['one', 'two'], cards: [] },
  onLoad() {
    var that = this;
    that.setData({ cards: app.cards.map(function (c) { return { id: c.id, name: c.name, price: app.yuan(c.fen) }; }) });
  },
  openCard: function (e) {
    my.navigateTo({ url: '/pages/card/card?id=' + e.target.dataset.id });
  },
  scan() {
    my.scan({ type: 'qr', success: (res) => { my.alert({ title: res.code }); } });
  },
});
