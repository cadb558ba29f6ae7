import { BlockList, isIP } from 'node:net';

/** Networks that are not globally reachable: IANA's special-purpose registry (RFC 6890) and multicast. */
const RESERVED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
] as const;

/** Only global unicast IPv6 addresses are public (RFC 4291 §2.4) … */
const GLOBAL_V6 = '2000::/3';

/** … except for documentation, benchmarks, and tunnels to IPv4 addresses (Teredo, 6to4). */
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const reservedV4 = blockList(RESERVED_V4, 'ipv4');
const globalV6 = blockList([GLOBAL_V6], 'ipv6');
const reservedV6 = blockList(RESERVED_V6, 'ipv6');

function blockList(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * Whether an address belongs to the public internet, and not to this machine, its network or a cloud's metadata
 * service. IPv4-mapped IPv6 addresses do not count as public.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !reservedV4.check(address, 'ipv4');
  return family === 6 && globalV6.check(address, 'ipv6') && !reservedV6.check(address, 'ipv6');
}
