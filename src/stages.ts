import { TrunkflowError } from './core/errors';
import type { Stage, StageFactory, StageSpec } from './core/stage';
import type { ChannelizerOptions } from './dsp/channelizer/options';
import { ChannelizerStage } from './dsp/channelizer/stage';
import { AnalogStage } from './dsp/demod/analog-stage';
import { Fsk4Stage } from './dsp/demod/fsk4-stage';
import type { DemodOptions } from './dsp/demod/options';
import { SlotStage } from './dsp/demod/slot-stage';
import { WatchedStage } from './dsp/modes/watched-stage';
import type { ScopeOptions } from './dsp/scope/options';
import { ScopeStage } from './dsp/scope/stage';
import { modesBeside } from './protocols/other-modes';
import type { DecoderOptions } from './protocols/protocol';
import { findProtocol } from './protocols/registry';
import { DecoderStage } from './protocols/stage';
import { type VoiceOptions, VoiceStage } from './voice/stage';

type DecoderStageOptions = DecoderOptions & { protocol: string };
type ScopeStageOptions = Omit<ScopeOptions, 'air'> & { protocol: string };

/** Every stage a worker can make, by name. */
const factories: Record<string, StageFactory> = {
  channelizer: (options) => new ChannelizerStage(options as ChannelizerOptions),
  demod: (options) => makeDemod(options as DemodOptions),
  decoder: (options) => makeDecoder(options as DecoderStageOptions),
  voice: (options) => new VoiceStage(options as VoiceOptions),
  scope: (options) => makeScope(options as ScopeStageOptions),
};

/**
 * Makes the stage a spec describes.
 * @throws TrunkflowError 'bad-setting' for a name nobody registered, or what the stage says of its options
 */
export function makeStage(spec: StageSpec): Stage {
  const factory: unknown = spec.module ? require(spec.module)[spec.stage] : factories[spec.stage];
  if (typeof factory !== 'function')
    throw new TrunkflowError('bad-setting', 'Unknown stage', {
      expected: Object.keys(factories).join(', '),
      got: spec.stage,
    });
  return (factory as StageFactory)(spec.options);
}

/** A protocol's air interface is looked up here, because src/dsp knows no protocol. */
function makeDemod(options: DemodOptions): Stage {
  if (options.mode !== 'fsk4') return new AnalogStage(options);
  const { airInterfaces, label } = findProtocol(options.protocol);
  const wanted = options.modulation;
  const air = wanted ? airInterfaces.find(({ modulation }) => modulation === wanted) : airInterfaces[0];
  if (air) {
    const demodulator = air.slots ? new SlotStage(air, options) : new Fsk4Stage(air, options);
    return new WatchedStage(demodulator, modesBeside(options.protocol));
  }
  throw new TrunkflowError('bad-setting', `${label} has no such modulation`, {
    expected: airInterfaces.map(({ modulation }) => modulation).join(' or '),
    got: wanted,
    status: 'bad modulation',
  });
}

function makeDecoder({ protocol, ...options }: DecoderStageOptions): Stage {
  return new DecoderStage(findProtocol(protocol), options);
}

/** With a protocol, narrow streams are looked at symbol by symbol. */
function makeScope({ protocol, ...options }: ScopeStageOptions): Stage {
  const air = protocol ? findProtocol(protocol).airInterfaces[0] : null;
  return new ScopeStage({ ...options, air });
}
