/** A script as `defineCommand` takes it. */
export interface Script {
  readonly lua: string;
  readonly numberOfKeys: number;
}

export type Argument = string | number | Buffer;

/** A command of BullMQ: its name, then its keys and arguments. */
export interface BullMqCall {
  readonly name: string;
  readonly args: readonly Argument[];
}

/**
 * One script of two: ours, which calls BullMQ's as `bullmq()`. In a transaction of both, Redis would run the one
 * when it has forgotten the other (`SCRIPT FLUSH`, or its own tidying), and the client would not learn of it. A
 * single script runs or does not, and is sent again when it is not known.
 */
export function joinedScript(theirs: Script, ours: Script): Script {
  const keys = theirs.numberOfKeys;
  const lua = `
local function theirs(KEYS, ARGV)
${theirs.lua}
end
local function ours(KEYS, ARGV, bullmq)
${ours.lua}
end
local count = tonumber(ARGV[1])
return ours({ unpack(KEYS, ${keys + 1}) }, { unpack(ARGV, count + 2) }, function()
  return theirs({ unpack(KEYS, 1, ${keys}) }, { unpack(ARGV, 2, count + 1) })
end)
`;
  return { lua, numberOfKeys: keys + ours.numberOfKeys };
}

/** What a joined script is given. */
export function joinedArguments(
  theirs: Script,
  { args }: BullMqCall,
  keys: readonly string[],
  own: readonly Argument[],
): Argument[] {
  const count = theirs.numberOfKeys;
  return [...args.slice(0, count), ...keys, args.length - count, ...args.slice(count), ...own];
}
