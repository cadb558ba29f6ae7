/** Where the package lies, in the build that is running. */
export declare const packageRoot: URL | string;
