Component({
  data: { title: 'step', rows: [{ label: 'a', value: 1 }, { label: 'b', value: 2 }] },
  props: { count: 0, onDone() {} },
  onInit() { console.log('onInit', this.props.count); },
  deriveDataFromProps(next) {
    console.log('deriveDataFromProps', next.count);
    if (next.count > 1 && this.data.title === 'step') this.setData({ title: 'steps' });
  },
  didMount() { console.log('didMount', this.is); },
  didUpdate(prevProps) { console.log('didUpdate', prevProps.count); },
  didUnmount() { console.log('didUnmount'); },
  methods: {
    finish() { this.props.onDone(this.data.title); },
  },
});
