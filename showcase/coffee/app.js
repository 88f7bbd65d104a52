import { setTabNames } from './lib/words';

App({
  onLaunch() {
    setTabNames();
  },
});
