// The battery, where the browser tells of it.

export interface Charge {
  /** per cent */
  level: number;
  isCharging: boolean;
}

interface Manager extends EventTarget {
  level: number;
  charging: boolean;
}

function manager(): Promise<Manager> | null {
  const read = (navigator as { getBattery?: () => Promise<Manager> }).getBattery;
  return read ? read.call(navigator) : null;
}

const chargeOf = (b: Manager): Charge => ({ level: Math.round(b.level * 100), isCharging: b.charging });

export async function readBattery(): Promise<Charge | null> {
  const battery = await manager()?.catch(() => null);
  return battery ? chargeOf(battery) : null;
}

/** watchBattery tells of changes until signalled. */
export async function watchBattery(tell: (charge: Charge) => void): Promise<void> {
  const battery = await manager()?.catch(() => null);
  for (const name of ['levelchange', 'chargingchange']) battery?.addEventListener(name, () => tell(chargeOf(battery)));
}
