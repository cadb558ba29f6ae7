import { Controller, Get } from '@nestjs/common';

@Controller('health')
export class HealthController {
  /** Reports that the process answers, not that the mail server does: a mail outage must not restart the application. */
  @Get()
  check(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }
}
