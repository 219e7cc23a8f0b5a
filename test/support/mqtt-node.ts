/** Settings of a node `radio-mqtt` as its form writes them. */
export const MQTT_NODE = {
  type: 'radio-mqtt',
  name: '',
  schema: 'both',
  instance: 'attic',
  prefix: 'radio',
  units: true,
  topic: 'tr',
  unitTopic: 'tr/units',
  messageTopic: '',
  audio: false,
  audioLimit: 1024,
  qos: '1',
  homeAssistant: true,
  discoveryPrefix: 'homeassistant',
  talkgroups: [] as object[],
};
