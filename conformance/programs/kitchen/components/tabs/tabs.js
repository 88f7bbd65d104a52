const app = getApp();
Component({
  data: { tabs: [] },
  props: { current: 0 },
  didMount() { this.setData({ tabs: app.tabs }); },
  methods: {
    open(e) { my.reLaunch({ url: e.currentTarget.dataset.path }); },
  },
});
