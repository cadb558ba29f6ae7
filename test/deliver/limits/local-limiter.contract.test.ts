import { RateLimiter } from '../../../src/deliver/limits/rate-limiter.js';
import { limiterContract } from '../../support/limiter-contract.js';

limiterContract(async (limit) => new RateLimiter(limit, () => performance.now()));
