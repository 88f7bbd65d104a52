// Names of the official typings, and of older programs, that a browser cannot do or Souk does not do: each fails with a
// clear error, and canIUse says false. A family that defines a name takes it off this list.

const names = `
  addCardAuth addPhoneContact calculateRoute cancelBluetoothPair checkBeforeAddOrder checkIsIfaaEnrolledInDevice
  checkIsSupportIfaaAuthentication chooseAlipayContact chooseContact choosePhoneContact closeBluetoothAdapter connectBLEDevice connectWifi
  disconnectBLEDevice generateImageFromCode getAvailableAudioSources getBLEDeviceCharacteristics getBLEDeviceRSSI
  getBLEDeviceServices getBLEDeviceStatus getBLEMTU getBackgroundFetchData getBatteryInfoSync getBeacons getBluetoothAdapterState
  getBluetoothDevices getBluetoothPairs getConnectedBluetoothDevices getConnectedWifi getGeocoder getLocalIPAddress getMapInfo getRunData
  getScreenBrightness getVideoInfo getWifiList hideAddToDesktopMenu hideAllAddToDesktopMenu isScreenReaderEnabled loadPlugin makeBluetoothPair
  navigateToFinance notifyBLECharacteristicValueChange openBluetoothAdapter openCardDetail openCardList
  ocr openKBVoucherDetail openMerchantCardList openMerchantTicketList openMerchantVoucherList openOtherApp openTicketDetail openTicketList
  openVoucherDetail openVoucherList paySignCenter readBLECharacteristicValue registerSSID requestSubscribeMessage
  saveVideoToPhotosAlbum setBLEMTU setLocatedCity setScreenBrightness setVisualEffectOnCapture setWifiList showBLEPermissionGuide startAPVerify
  startAccelerometer startBeaconDiscovery startBluetoothDevicesDiscovery startCompass startGyroscope startIfaaAuthentication startWifi
  startZMVerify stopAccelerometer stopBeaconDiscovery stopBluetoothDevicesDiscovery stopCompass stopGyroscope stopWifi
  textRiskIdentification unregisterSSID unsubscribeMessage watchShake writeBLECharacteristicValue`;

const objects = `createCameraContext createCloudContext createLottieContext createRewardedAd createWorker createXnnManager
  getAccessibilityManager getRecorderManager`;

export const missing = names.trim().split(/\s+/);
export const missingObjects = objects.trim().split(/\s+/);
