// glass-easel's templates, in its dialect, compiled by its own compiler when the benchmark is bundled.
const cells = `<div class="col-1">{{item.id}}</div><div class="col-2"><a class="label" data-id="{{item.id}}" bind:tap="onSelect">{{item.label}}</a></div><div class="col-3"><a class="remove" data-id="{{item.id}}" bind:tap="onRemove"><span class="x"></span></a></div><div class="col-4"></div>`;

export const templates = {
  rows: `<div class="table"><div class="body"><div wx:for="{{rows}}" wx:key="id" class="{{item.id===sel?'row danger':'row'}}">${cells}</div></div></div>`,
  cards: `<div class="table"><div class="body"><row wx:for="{{rows}}" wx:key="id" item="{{item}}" on="{{item.id===sel}}" bind:select="onSelect" /></div></div>`,
  row: `<div class="{{on?'row danger':'row'}}">${cells}</div>`,
};
