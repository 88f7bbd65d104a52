import { onResize } from '../../work';

Page({
  data: { rows: [], sel: null },
  onResize,
  onSelect(e) { this.setData({ sel: e.currentTarget.dataset.id }); },
  onRemove(e) { this.setData({ rows: this.data.rows.filter(row => row.id !== e.currentTarget.dataset.id) }); },
});
