import { tabs } from '/lib/tabs';
App({
  tabs,
  current: 0,
});
