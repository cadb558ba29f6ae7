import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Module({})
class BenchModule {}

export function bootApp(imports: NonNullable<ModuleMetadata['imports']>): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext({ module: BenchModule, imports }, { logger: false });
}
