Component({
  props: { hidden: true, list: [], onClose: () => {} },
  methods: {
    choose(e) { my.navigateTo({ url: '/pages/batch/batch?number=' + e.target.dataset.batch.number }); },
    close() { this.props.onClose({ hidden: true }); },
  },
});
