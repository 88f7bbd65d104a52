const format = require('./lib/format.js');
App({
  cards: [{ id: 'c1', name: 'Warm hands', fen: 5000 }, { id: 'c2', name: 'Long evenings', fen: 10000 }],
  yuan: format.yuan,
  onLaunch(options) { console.info('launched ' + options.path); },
});
