// Writes docs/schema.md: every field of calls, events and messages, from the code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from './schema/page';

writeFileSync(join(__dirname, '..', 'docs', 'schema.md'), page());
