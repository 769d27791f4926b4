/** The longest name that every file system takes. */
const LONGEST = 255;
const NAME = /^([^/\\\p{Cc}]+)\.part([1-9]\d{0,5})\.zip$/u;

/** What the volume `number` of an archive is called that would itself be called `archive`; numbers begin at 1. */
export function volumeName(archive: string, number: number): string {
  return `${archive.replace(/(?:\.zip)?(?:\.age)?$/i, '')}.part${number}.zip`;
}

/** Takes the name of a volume apart; null for what is none, or names another folder than its own. */
export function readVolumeName(name: string): { readonly stem: string; readonly number: number } | null {
  const [, stem, number] = (name.length > LONGEST ? null : NAME.exec(name)) ?? [];
  return stem === undefined ? null : { stem, number: Number(number) };
}
