import type { ConfigReport } from '../errors/config-report.js';
import type { TransportResources } from './resources.js';
import type { Transport } from './transport.js';

/** What an extension brings of transports. */
export interface TransportExtension {
  /** For messages. */
  readonly name: string;
  /** URL schemes it makes transports for, without the colon. */
  readonly schemes?: readonly string[];
  /** Makes a transport; adds what is wrong with the URL to `report` under `where` and returns `undefined` then. */
  createTransport?(
    url: URL,
    resources: TransportResources,
    report: ConfigReport,
    where: string,
  ): Transport | undefined;
}
