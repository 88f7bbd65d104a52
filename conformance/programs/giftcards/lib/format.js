exports.yuan = function (fen) {
  return (fen / 100).toFixed(2);
};
