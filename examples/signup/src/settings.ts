import { join } from 'node:path';

import { ConfigModule } from '@nestjs/config';

/** The environment over the defaults in `.env`. `src` and `dist` lie side by side, so this finds it from either. */
export const settings = ConfigModule.forRoot({
  isGlobal: true,
  envFilePath: join(import.meta.dirname, '..', '.env'),
});
