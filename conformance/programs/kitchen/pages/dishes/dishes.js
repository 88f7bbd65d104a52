Page({
  data: {
    hidden: true,
    notices: ['Eat more greens.', 'Closed on Monday.'],
    batches: [],
    dishes: [
      { name: 'Peppers and carrots', picture: '/assets/dish.svg', state: '0', batches: [{ number: '0001' }, { number: '0002' }] },
      { name: 'Aubergine', picture: '/assets/dish.svg', state: '2', batches: [{ number: '0003' }] },
    ],
  },
  open(e) {
    const batches = e.currentTarget.dataset.batches;
    if (batches.length > 1) {
      this.setData({ hidden: false, batches });
    } else {
      my.navigateTo({ url: '/pages/batch/batch?number=' + batches[0].number });
    }
  },
  closed(change) { this.setData(change); },
  onPullDownRefresh() {
    this.data.dishes.push({ name: 'Soup', picture: '/assets/dish.svg', state: '1', batches: [{ number: '0004' }] });
    this.setData({ dishes: this.data.dishes });
    my.stopPullDownRefresh();
  },
});
