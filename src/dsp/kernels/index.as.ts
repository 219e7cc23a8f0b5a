// Everything the one WebAssembly module exports. Each kernel lives in its own file beside its plain TypeScript twin.
export { alloc, release } from './memory.as';
export { fmDiscriminate } from './fm-discriminate.as';
export { fsk4Correlate, fsk4Products } from './fsk4-correlate.as';
export { fmInterpolate } from './fm-interpolate.as';
export { fsk4Symbols } from './fsk4-symbols.as';
export { convert16, convert8, convertFloat } from './convert.as';
export { deliver } from './deliver.as';
export { fft } from './fft.as';
export { fir } from './fir.as';
export { gather, scatter } from './lanes.as';
export { rotate } from './rotate.as';
export { smoothPower } from './smooth-power.as';
export { translate } from './translate.as';
export { weigh } from './weigh.as';
export { equaliseFit, equaliseResidual, equaliseSolve, equaliseSums } from './equalise-channel.as';
export { equaliseDesign } from './equalise-design.as';
export { equaliseDesigns, equaliseForward, equaliseLeftOut, equaliseSegments, equaliseTaps } from './equalise-frame.as';
export { equaliseSequence } from './equalise-sequence.as';
