// Names of the official typings, and of older programs, that a browser cannot do or Souk does not do: each fails with a
// clear error, and canIUse says false. A family that defines a name takes it off this list.

const names = `
  addCardAuth calculateRoute cancelBluetoothPair checkBeforeAddOrder checkIsIfaaEnrolledInDevice
  checkIsSupportIfaaAuthentication closeBluetoothAdapter connectBLEDevice connectWifi
  disconnectBLEDevice getBLEDeviceCharacteristics getBLEDeviceRSSI
  getBLEDeviceServices getBLEDeviceStatus getBLEMTU getBackgroundFetchData getBeacons getBluetoothAdapterState
  getBluetoothDevices getBluetoothPairs getConnectedBluetoothDevices getConnectedWifi getGeocoder getLocalIPAddress getMapInfo getRunData
  getScreenBrightness getWifiList isScreenReaderEnabled loadPlugin makeBluetoothPair
  navigateToFinance notifyBLECharacteristicValueChange openBluetoothAdapter
  ocr openOtherApp paySignCenter readBLECharacteristicValue registerSSID
  setBLEMTU setScreenBrightness setVisualEffectOnCapture setWifiList showBLEPermissionGuide startAPVerify
  startBeaconDiscovery startBluetoothDevicesDiscovery startIfaaAuthentication startWifi
  startZMVerify stopBeaconDiscovery stopBluetoothDevicesDiscovery stopWifi
  textRiskIdentification unregisterSSID writeBLECharacteristicValue`;

const objects = `createLottieContext createRewardedAd createWorker createXnnManager
  getAccessibilityManager `;

export const missing = names.trim().split(/\s+/);
export const missingObjects = objects.trim().split(/\s+/);
