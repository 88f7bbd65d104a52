import { onResize } from '../../work';

Page({
  data: { rows: [], sel: null },
  onResize,
  onSelect(id) { this.setData({ sel: id }); },
});
