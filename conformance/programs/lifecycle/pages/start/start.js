Page({
  data: { count: 1, done: '' },
  more() {
    this.setData({ count: this.data.count + 1 });
  },
  finished(value) {
    this.setData({ done: value });
  },
  open() {
    my.navigateTo({ url: '../table/table' });
  },
});
