import assert from 'node:assert/strict';
import { Delivery, type Outgoing } from '../../../src/sinks/mqtt/delivery';
import type { Publication } from '../../../src/sinks/mqtt/publication';

const lasting = (topic: string, bytes?: number): Publication => ({
  topic,
  payload: {},
  qos: 1,
  retain: false,
  lasting: true,
  ...(bytes && { bytes }),
});
const snapshot = (topic: string): Publication => ({ topic, payload: {}, qos: 0, retain: false });
const topics = (out: readonly Outgoing[]) => out.map(({ publication }) => publication.topic);

describe('delivery of MQTT messages', () => {
  it('waits a moment for a word about the broker, then sends blindly', () => {
    const delivery = new Delivery(0);
    assert.deepEqual(delivery.send([lasting('a'), snapshot('b')], 0), []);
    assert.deepEqual(topics(delivery.tick(2999)), []);
    assert.deepEqual(topics(delivery.tick(3000)), ['a']);
    assert.ok(delivery.open && delivery.blind);
    assert.deepEqual(topics(delivery.send([lasting('c'), snapshot('d')], 4000)), ['c', 'd']);
  });

  it('waits longer where a status node will tell', () => {
    const delivery = new Delivery(0, true);
    delivery.send([lasting('a')], 0);
    assert.deepEqual(delivery.tick(19_999), []);
    assert.deepEqual(topics(delivery.tick(20_000)), ['a']);
  });

  it('takes the broker for there when a probe arrives before any word', () => {
    const delivery = new Delivery(0, true);
    delivery.send([lasting('a')], 0);
    const { delivery: number } = delivery.probe(snapshot('hello'));
    assert.deepEqual(topics(delivery.arrived(number!, 5)), ['a']);
    assert.ok(delivery.open && !delivery.blind);
    delivery.connection(false, 10);
    assert.deepEqual(delivery.arrived(number!, 11), []);
    assert.ok(!delivery.open);
  });

  it('keeps what must last while the broker is away, in its order', () => {
    const delivery = new Delivery(0);
    delivery.connection(true, 0);
    assert.deepEqual(topics(delivery.send([lasting('a'), snapshot('b')], 1)), ['a', 'b']);
    delivery.connection(false, 10);
    assert.deepEqual(delivery.send([lasting('c'), snapshot('d')], 11), []);
    assert.deepEqual(delivery.send([lasting('e')], 12), []);
    assert.deepEqual(delivery.tick(60_000), []);
    assert.equal(delivery.counters().waiting, 2);
    assert.deepEqual(topics(delivery.connection(true, 60_001)), ['c', 'e']);
    const { remembered, ...counters } = delivery.counters();
    assert.deepEqual(counters, { sent: 4, waiting: 0, dropped: 0 });
    assert.equal(remembered, 3 * 1500);
    assert.deepEqual(delivery.connection(true, 60_002), []);
  });

  it('sends again what was on its way when the connection broke, and did not arrive', () => {
    const delivery = new Delivery(0);
    delivery.connection(true, 0);
    const [a, b, c] = delivery.send([lasting('a'), lasting('b'), lasting('c')], 1);
    delivery.arrived(a.delivery!, 2);
    delivery.connection(false, 10);
    const held = delivery.send([lasting('d')], 11);
    assert.deepEqual(held, []);
    const [d] = delivery.connection(true, 100);
    // What the mqtt client had taken over it sends again by itself.
    delivery.arrived(b.delivery!, 101);
    delivery.arrived(d.delivery!, 102);
    assert.deepEqual(topics(delivery.tick(3099)), []);
    const again = delivery.tick(3100);
    assert.deepEqual(topics(again), ['c']);
    assert.equal(again[0].delivery, c.delivery);
    assert.deepEqual(delivery.tick(10_000), []);
  });

  it('does not take sent messages for lost where nobody tells what arrives', () => {
    const delivery = new Delivery(0);
    delivery.connection(true, 0);
    delivery.send([lasting('a')], 1);
    delivery.connection(false, 10);
    delivery.connection(true, 20);
    assert.deepEqual(delivery.tick(10_000), []);
  });

  it('keeps neither too many nor too much, and counts what it gives up: the oldest', () => {
    const many = new Delivery(0);
    many.connection(false, 0);
    many.send(
      Array.from({ length: 2500 }, (_, index) => lasting(String(index))),
      1,
    );
    assert.deepEqual(many.counters(), { sent: 0, waiting: 2000, dropped: 500, remembered: 0 });
    assert.equal(topics(many.connection(true, 2))[0], '500');
    const large = new Delivery(0);
    large.connection(false, 0);
    large.send(
      Array.from({ length: 10 }, (_, index) => lasting(String(index), 4e6)),
      1,
    );
    assert.deepEqual(topics(large.connection(true, 2)), ['6', '7', '8', '9']);
  });

  it('does not remember more than that of what was sent where nobody tells what arrives', () => {
    const delivery = new Delivery(0);
    delivery.connection(true, 0);
    for (let n = 0; n < 100; n++) delivery.send([lasting(String(n), 1e6)], n);
    assert.deepEqual(delivery.counters(), { sent: 100, waiting: 0, dropped: 0, remembered: 16e6 });
  });
});
