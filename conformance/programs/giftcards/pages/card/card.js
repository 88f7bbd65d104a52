const app = getApp();
Page({
  data: {},
  onLoad(query) {
    this.setData({ card: app.cards.filter(c => c.id === query.id)[0] });
  },
  async buy() {
    const answer = await my.confirm({ title: this.data.card.name, content: 'Give it?' });
    if (answer.confirm) my.showToast({ type: 'success', content: 'given', duration: 1000 });
  },
});
