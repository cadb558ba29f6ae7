import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { createPool, type Connection } from 'mysql2/promise';
import { Pool } from 'pg';
import type { SqlDialect, SqlExecutor } from 'nest-mailroom';
import { MariadbServer } from './mariadb.js';
import { PostgresServer } from './postgres.js';

/** An open transaction of an application. */
export interface Transaction {
  readonly via: SqlExecutor;
  readonly end: (how: 'COMMIT' | 'ROLLBACK') => Promise<void>;
}

/** A database as an application has it, and a connection of its own for the module. */
export interface Database {
  readonly dialect: SqlDialect;
  readonly own: SqlExecutor;
  begin(): Promise<Transaction>;
  close(): Promise<void>;
}

export async function openPostgres(): Promise<Database & { readonly server: PostgresServer }> {
  const server = await PostgresServer.create();
  const pool = new Pool(server.connection);
  // A connection that breaks while nobody uses it.
  pool.on('error', () => undefined);
  return {
    server,
    dialect: 'postgres',
    own: { execute: async (sql, values) => (await pool.query(sql, values)).rows },
    async begin() {
      const client = await pool.connect();
      await client.query('BEGIN');
      return {
        via: { execute: async (sql, values) => (await client.query(sql, values)).rows },
        async end(how) {
          await client.query(how);
          client.release();
        },
      };
    },
    async close() {
      await pool.end();
      await server.remove();
    },
  };
}

export async function openMysql(): Promise<Database> {
  const server = await MariadbServer.create();
  const pool = createPool(server.connection);
  const executorOf = (connection: Pick<Connection, 'execute'>): SqlExecutor => ({
    async execute(sql, values) {
      const [rows] = await connection.execute(sql, values);
      return Array.isArray(rows) ? rows : [];
    },
  });
  return {
    dialect: 'mysql',
    own: executorOf(pool),
    async begin() {
      const connection = await pool.getConnection();
      await connection.beginTransaction();
      return {
        via: executorOf(connection),
        async end(how) {
          await connection.query(how);
          connection.release();
        },
      };
    },
    async close() {
      await pool.end();
      await server.remove();
    },
  };
}

export async function openSqlite(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-'));
  const open = (): Libsql.Database => new Libsql(join(folder, 'app.db'));
  const own = open();
  own.exec('PRAGMA journal_mode = WAL');
  return {
    dialect: 'sqlite',
    own: executor(own),
    async begin() {
      const connection = open();
      connection.exec('BEGIN');
      return {
        via: executor(connection),
        async end(how) {
          connection.exec(how);
          connection.close();
        },
      };
    },
    async close() {
      own.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function executor(database: Libsql.Database): SqlExecutor {
  return {
    async execute(sql, values) {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.all(values);
      statement.run(values);
      return [];
    },
  };
}
