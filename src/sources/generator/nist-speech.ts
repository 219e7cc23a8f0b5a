import { encodeImbeFrame } from './p25/imbe-frame';
import { FRAMES_PER_LDU } from './p25/voice';

const FRAME_BYTES = 11;

/**
 * A male speaker's sentence of 3.36 s, 168 IMBE frames of 88 bits: test data of the US National Institute of Standards
 * and Technology, in the public domain.
 */
const SENTENCE = Buffer.from(
  `
  zG1h9FwHAAMlsoYwXjVgJOKBwaAJfDDeNUA+kIBCA7QQWNKhC+kAABHeeM9ZefFFzjDAE9m8GGnXMxWAQRgLZv30bvL6IfNd/AueJ7p3WcZku0H/
  9dcZzHbZ/nK8Zf/8gSSXenvesn0O/40IsdZ6X+R40rP+BZQBNXpf4HrHkP4UC39bcnLYYhj5/B17caNq0Bb1B2P/fvfjZ2NKXUnvVv46CDu4X6u9
  2Fkq8Nuc3fBb25EM43f/6ZALGlv5gQ9Fd//s9LXEU95hkmKQ/6LJJzlTv2gSdJP/rtk0bk/eYGS0aP+XsBmKS1swIX1o//efSXFOv2A8fqDvu6Se
  h05BHzFeXgBCTQlFzX3C/IArAAIU6waeENcsNY0ABXSCe84tpXg0FAAMkpCIzg6bL7JhAA7m9EBm97PkKC4ACCGXP2rXRrlL4OAQV6NHahM7NZb5
  ABiYhgyKBWKlXMAADUsiQooiPXQOcQAJ98KOgjcXyhQoAAfPKuQ2JZ4aPekBBE/sAjbLQOfjOgCKWg7HT36wqNNl8Bt0cgpT2jiL8JT/6JngxlPK
  nFRbJf/8MF8xV/RSr45u/+VRmWRX9NGD5Db/1jPwGlu9oZnpev/TVI/IW9ugS2un/9ic3b5jT7KcZ+D/+ExeWW7/QnEEAf+JkVSEdl9BWMRV/giz
  GN52Xbop8HDgAdjNonY9skdM9+B4JTDNcm9wOTm1/gqyf5lydQpU/Or/CeRa6m7VajYp/f8xNWCgY2Ert4zx/+Qqh+ZXYierzxn/+3PwvlPSOfnn
  JP+PiJVaU9ZS9pAN/57fyoNT0nhh3CH/jbCseVtaQt5h3/8/3IKrbt3tRMmi4wirusV21+xCecX/B50yEH7RPuZE4fj+agdTgrv4nb5c+D2SSDWG
  25iJL4v8C9By6oq90oBa2/+fdNE1htvY7TJA/4AkuGiCv+CVHtX+MZB3L3q7WEW6Uv/2o9ZJcl2IU4n27w0zjIVt34h/46nADFjXwm3ZRvAMYMAL
  N6KFbai1BiJ8AAByFM659FGlB3UAALrsJnlHMOFm0AAP62VZeTtNZ/q3AA5PhxVtWoVht0EAC17RS20xrgqy+QAFS/CMzS2o4SDdAAhpVETNW4I/
  PWUAA77GgnDahW3qTQANp4PecN/AgC8XAAvU8ZBs2McGSuMACCcqd3TbBBG8fQADo1KodNyDJdjtAAKsrWRoy+UUWKIAC/wnOTT4gB3YMgDUZpzq
  nL0h/isSAAQsDBVEv0H7S1kASRYN8kTdBE5XwwBKVBE9dd6/W/wheAai7OB2v6Jk2KT/9qSBPndfgGtQQv/1eLN+e18ERV3T//pZdhV+19TbDoD/
  /QoFxoLfpECiY/+4knAAgte0lIUd/gFJAnmCN7AIH/74C7TqvoYgGie3ewAObaZiwkmg32qQAAkh14V2f9ki+zv4/YIU9np/zIZIy/4GBu0fetaU
  +Pcm/gGJIvB7UeVVyZH+FtlLC39R0xfV2v/HTHVFetHqSxXz+P0/WDp7QD9xXlL+C2M7TXrQnjKaXgAPT5yLzjzT54QjAAhthM7OLfCqED0AAQAl
  gMmfin7mqwAAEIr6tNnCFa4nAA+ctDrM8c+ELCwAAOs/Qs6ARFUDsQAPV9KBzqrjKwznAABLYMzOD+gucTwAC2NSBHL/9W2L9P4EA2jyctvGKT3E
  /82FULRyl7xSJ43gA6KpdqYBiii9HAAJHrOSpiac4GrTAAgLVt5+pfbGRq0AAhjoMc6sQN28vQABxkbFzpUMn2GpAAA4mozNl9ZLwzsACxF1y8x/
  WjZQSgAJ/XsKolQElyghP+cdKG5PXvK8qoLgHAaYHEu1rTK5Tv/dnCJBR96GOw8F/4KYDCNH1pKvnEL/Q/Wh6UtXaV5I2f/sA5CqUt5wpVuW/3mi
  Zsxe19PFaFX/yp5SKGpbXyuFSv+0PopCdfdsMNhp/g6v4rGCG1jIccLwDpgFb4KltBTk9QAJocIpld84X2iAAAkjPdyF3gpKGvrwCXykLoH+wLjb
  H/4PZddWglbQ6PME/gdSJDiCcbV/vaj4DSkLZoZR5pSWKPAO9+SahtXHVZLU9gYbDFp6qbYRvaEAD6kjDs8P4o8AzwACr8JGoq7r11QKAAoSTDGe
  WyoInSwAAzG7Xo26fCHDRwAEf6ahoV/9xF0XwADWKOegeUI2Af8ADyrVK5BE1oQUEwAHwfjKkSsBHckrAAwPSwZSDNI/eHQGMLcQdU4qLhSHHwBI
  aB0aTouszNF4ABl1mFl+rWJ3MpEAAw4tGWaXcqw9lAAAIkNfZp4Oa8GEAARYzBLODjJO4GAADtGmzZoquDOpMQAKQYIWmcqplskmAA6SY1HNy/Am
  FXMAB0xihLlgktjhKAAIcCt4zWnunLBkAAIt4gukzelekBsADKROZ6Tk1FPCiAALGT8ozI9KytgHAAgnGcpY+GFa+i0AImpjlHjB/hz1cQAEiWxh
  `,
  'base64',
);

/** The silent frame of the P25 standard test pattern. */
const SILENCE = Buffer.from('040CFD7BFB7DF27B3D9E45', 'hex');

let encoded: Uint8Array[] | undefined;

/** The sentence as 144-bit voice frames, filled up with silence to whole LDUs. */
export function nistSpeech(): readonly Uint8Array[] {
  if (encoded) return encoded;
  encoded = [];
  for (let at = 0; at < SENTENCE.length; at += FRAME_BYTES) {
    encoded.push(encodeImbeFrame(SENTENCE.subarray(at, at + FRAME_BYTES)));
  }
  while (encoded.length % FRAMES_PER_LDU !== 0) encoded.push(encodeImbeFrame(SILENCE));
  return encoded;
}
