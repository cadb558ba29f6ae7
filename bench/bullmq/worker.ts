import { bullmqApp } from './application.js';

const [url = '', port] = process.argv.slice(2);
const app = await bullmqApp({ url, port: Number(port) }, true);
process.send?.('ready');
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
