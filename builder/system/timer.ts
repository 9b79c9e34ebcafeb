/** Starts timers; replaced in tests that must not wait. */
export interface Timer {
  /** Calls `action` once after so many milliseconds; returns a function to cancel it. */
  after(ms: number, action: () => void): () => void;
}

/** Real timers. */
export const systemTimer: Timer = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
