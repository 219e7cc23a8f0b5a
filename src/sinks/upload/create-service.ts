import { Broadcastify } from './broadcastify';
import type { HttpOptions } from './http-client';
import { OpenMhz } from './openmhz';
import { RdioScanner } from './rdio-scanner';
import type { CallService, CallServiceName } from './service';

export interface ServiceSettings {
  service: CallServiceName;
  /** Empty = the service's own address, where it has one. */
  url: string;
  key: string;
  /** The radio system as the service knows it. */
  system: string;
  /** Send trunk-recorder's sidecar whole, at services that take it. */
  sidecar: boolean;
  /** False accepts certificates nobody vouches for. */
  verify: boolean;
}

/** @throws TrunkflowError 'bad-setting' */
export function createService(settings: ServiceSettings, options: Partial<HttpOptions> = {}): CallService {
  const http = { verify: settings.verify, ...options };
  switch (settings.service) {
    case 'rdio-scanner':
      return new RdioScanner(settings, http);
    case 'openmhz':
      return new OpenMhz(settings, http);
    case 'broadcastify':
      return new Broadcastify(settings, http);
  }
}
