export async function measureOpening() { return null; }
