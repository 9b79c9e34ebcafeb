/** The version in package.json; a test sees that they agree. */
export const version = '0.1.0';
