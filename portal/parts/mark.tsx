/** The portal's sign: a bag to carry. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="mark">
      <rect width="32" height="32" rx="8" />
      <path d="M9 13h14l-1.4 9.6a1.6 1.6 0 0 1-1.6 1.4h-8a1.6 1.6 0 0 1-1.6-1.4zM12.5 13v-1.5a3.5 3.5 0 0 1 7 0V13" />
    </svg>
  );
}
