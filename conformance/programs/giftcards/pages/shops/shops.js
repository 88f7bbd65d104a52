Page({
  data: { markers: [{ id: 1, longitude: 120.13, latitude: 30.27, title: 'Pier' }] },
  tapped(e) { console.log('marker', e.markerId); },
});
