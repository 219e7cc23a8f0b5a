import { TrunkflowError } from './core/errors';
import type { Stage, StageFactory, StageSpec } from './core/stage';

/** Every stage a worker can make, by name. */
const factories: Record<string, StageFactory> = {};

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
