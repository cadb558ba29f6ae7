/** Where the spool's thread begins, in the build that is running. */
export declare const spoolThread: URL | string;
