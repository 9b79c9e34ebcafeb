#!/usr/bin/env node
process.stderr.write('platen: not there yet\n');
process.exitCode = 1;
