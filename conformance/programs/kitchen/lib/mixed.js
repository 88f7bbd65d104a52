console.log('an ES module in front of module.exports');
