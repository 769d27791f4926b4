let some = false;

/** Tells the page with which somebody arrives, which the browser announces, from those that follow, which it does not. */
export const visits = {
  first(): boolean {
    const isFirst = !some;
    some = true;
    return isFirst;
  },
};
