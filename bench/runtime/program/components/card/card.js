Component({
  props: { item: null, on: false, onSelect() {} },
  methods: {
    onTap() { this.props.onSelect(this.props.item.id); },
  },
});
