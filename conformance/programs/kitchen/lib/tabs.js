import './mixed';
module.exports = {
  tabs: [{ name: 'Dishes', path: '/pages/dishes/dishes' }, { name: 'Batch', path: '/pages/batch/batch' }],
};
