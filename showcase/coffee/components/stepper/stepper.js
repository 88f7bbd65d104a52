Component({
  props: { value: 1, min: 1, max: 9, onChange() {} },
  methods: {
    less() { this.move(-1); },
    more() { this.move(1); },
    move(by) {
      const { value, min, max, onChange } = this.props;
      const next = value + by;
      if (next >= min && next <= max) onChange(next);
    },
  },
});
