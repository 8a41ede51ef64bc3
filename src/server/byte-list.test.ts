import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteList } from "./byte-list.ts";

it("returns the added bytes, whatever the chunks", () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 });
  fc.assert(
    fc.property(chunks, chunks, (first, second) => {
      const list = new ByteList();
      for (const chunk of first) list.add(chunk);
      expect(Buffer.from(list.bytes)).toEqual(Buffer.concat(first));
      const taken = list.take();
      for (const chunk of second) list.add(chunk);
      expect(Buffer.from(list.bytes)).toEqual(Buffer.concat(second));
      expect(Buffer.from(taken)).toEqual(Buffer.concat(first));
    }),
  );
});

it("accepts at most its limit", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }),
      (limit, chunks) => {
        const list = new ByteList(limit);
        let held = 0;
        for (const chunk of chunks) {
          const fits = held + chunk.length <= limit;
          expect(list.fits(chunk.length)).toBe(fits);
          if (!fits) {
            expect(() => list.add(chunk)).toThrow("its JSON is larger");
            return;
          }
          list.add(chunk);
          held += chunk.length;
        }
      },
    ),
  );
});
