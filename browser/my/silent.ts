// What a browser does not tell of: it can be listened to, and never comes. Developer mode may play some of it.

export const silent = `AudioInterruptionBegin AudioInterruptionEnd ScreenReaderStatusChange BLECharacteristicValueChange BLEConnectionStateChanged BeaconServiceChange BeaconUpdate
  BluetoothAdapterStateChange BluetoothDeviceFound GetWifiList WifiConnected`.split(/\s+/);

/** Names that canIUse denies, though a listener is taken. */
export const silentNames: readonly string[] = [...silent, "UserCaptureScreen", "MemoryWarning"].flatMap(name => [`on${name}`, `off${name}`]);
