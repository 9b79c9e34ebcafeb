import t from 'tap';
import { checkAgainstAnsible } from '../fixtures/check-comparison.js';

await checkAgainstAnsible(t, 'copy');
