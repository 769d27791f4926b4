import { parseCookie, stringifySetCookie } from 'cookie';

/** A cookie that scripts cannot read and other sites' pages cannot send. */
export interface Cookie {
  /** Its value in a request; null when it is absent, doubled or too large. */
  read(headers: Headers): string | null;
  /** The Set-Cookie header that keeps it for so long. */
  set(value: string, seconds: number): string;
  /** The Set-Cookie header that removes it. */
  clear(): string;
}

const LARGEST_HEADER = 8192;

/** Over https the name begins with `__Host-`, which only this very host can set, and not for its neighbours. */
export function createCookie(name: string, publicUrl: string): Cookie {
  const secure = publicUrl.startsWith('https:');
  const fullName = secure ? `__Host-${name}` : name;
  const header = (value: string, maxAge: number): string =>
    stringifySetCookie({ name: fullName, value, maxAge, path: '/', httpOnly: true, sameSite: 'lax', secure });
  return {
    read(headers) {
      const text = headers.get('cookie') ?? '';
      if (text.length > LARGEST_HEADER || text.split(`${fullName}=`).length > 2) return null;
      return parseCookie(text)[fullName] ?? null;
    },
    set: header,
    clear: () => header('', 0),
  };
}
