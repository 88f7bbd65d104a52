Page({
  data: { number: '', batch: { number: '-', origin: 'the hill farm' } },
  onLoad(query) {
    this.setData({ number: query.number || 'none', 'batch.seen[0]': true });
  },
});
