export { deepFrozen, renderedMessage } from '../../src/testing/rendered-message.js';
