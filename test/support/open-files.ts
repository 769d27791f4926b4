import { readdir, readlink } from 'node:fs/promises';

/** The paths of what this process holds open, where `part` stands in them. */
export async function openPaths(part: string): Promise<readonly string[]> {
  const fds = await readdir('/proc/self/fd');
  const paths = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.includes(part));
}
