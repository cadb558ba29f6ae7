import { join } from 'node:path';

import { ConfigModule } from '@nestjs/config';

/** The environment over the defaults in `.env`. `src` and `dist` are siblings, so both find the file. */
export const settings = ConfigModule.forRoot({
  isGlobal: true,
  envFilePath: join(import.meta.dirname, '..', '.env'),
});
