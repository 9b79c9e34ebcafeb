/** Starts timers: handed in where a test must not wait. */
export interface Timer {
  /** Calls `action` once after so many milliseconds, unless the timer is cancelled by what comes back. */
  after(ms: number, action: () => void): () => void;
}

/** The time of this machine. */
export const systemTimer: Timer = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
