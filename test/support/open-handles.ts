const NETWORK = new Set(['TCPServerWrap', 'TCPSocketWrap', 'TLSWrap']);

/** Fails when a server or a socket is still open once the event loop has had its say. */
export async function expectNoOpenSockets(): Promise<void> {
  let found: readonly string[] = [];
  for (let turn = 0; turn < 500; turn++) {
    found = process.getActiveResourcesInfo().filter((name) => NETWORK.has(name));
    if (found.length === 0) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`still open: ${found.join(', ')}`);
}
