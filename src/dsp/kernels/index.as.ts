// Everything the one WebAssembly module exports. Each kernel lives in its own file beside its plain TypeScript twin.
export { alloc, release } from './memory.as';
