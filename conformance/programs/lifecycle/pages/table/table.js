Page({
  data: { people: [{ name: 'Mei', age: 31 }, { name: 'Otto', age: 44 }] },
});
