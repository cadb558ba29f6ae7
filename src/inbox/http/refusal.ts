import { HttpException } from '@nestjs/common';

/** An answer of the API that says why not, and how else. */
export function refusal(statusCode: 400 | 403 | 404 | 408 | 503, message: string): HttpException {
  return new HttpException({ statusCode, message }, statusCode);
}
