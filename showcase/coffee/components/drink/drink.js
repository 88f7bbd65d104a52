Component({
  props: { item: {}, price: '', word: '', onBuy() {} },
  methods: {
    buy() {
      this.props.onBuy(this.props.item);
    },
  },
});
