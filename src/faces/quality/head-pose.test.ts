import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Landmarks, Point } from "../../schemas/face.ts";
import { genericFace, headPose } from "./head-pose.ts";

type Turn = { readonly yaw: number; readonly pitch: number; readonly roll: number };

/**
 * A generic face under orthographic projection: yaw, pitch, roll in degrees. x right, y down, z towards the viewer; yaw moves the
 * nose to the viewer's right, pitch moves it down, roll is clockwise.
 */
function project({ yaw, pitch, roll }: Turn, scale: number, x0: number, y0: number): Landmarks {
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const points = genericFace.map(([x, y, z]): Point => {
    const nodded = { x, y: y * Math.cos(b) + z * Math.sin(b), z: z * Math.cos(b) - y * Math.sin(b) };
    const turned = { x: nodded.x * Math.cos(a) + nodded.z * Math.sin(a), y: nodded.y };
    const tilted = { x: turned.x * Math.cos(c) - turned.y * Math.sin(c), y: turned.x * Math.sin(c) + turned.y * Math.cos(c) };
    return { x: x0 + scale * tilted.x, y: y0 + scale * tilted.y };
  });
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = points as [Point, Point, Point, Point, Point];
  return { leftEye, rightEye, nose, leftMouth, rightMouth };
}

const pose = (turn: Partial<Turn>) => headPose(project({ yaw: 0, pitch: 0, roll: 0, ...turn }, 2, 300, 200));

describe("headPose", () => {
  it("is zero for a frontal face", () => {
    expect(pose({})).toEqual({
      yawDegrees: expect.closeTo(0, 6),
      pitchDegrees: expect.closeTo(0, 6),
      rollDegrees: expect.closeTo(0, 6),
    });
  });

  it.each([-50, -20, 10, 35])("recovers each rotation separately: %d degrees", (angle) => {
    expect(pose({ yaw: angle }).yawDegrees).toBeCloseTo(angle, 6);
    expect(pose({ pitch: angle }).pitchDegrees).toBeCloseTo(angle, 6);
    expect(pose({ roll: angle }).rollDegrees).toBeCloseTo(angle, 6);
  });

  it("has the documented signs: nose to the viewer's right, nose down, right eye lower", () => {
    const { nose, leftEye, rightEye } = project({ yaw: 30, pitch: 0, roll: 0 }, 1, 0, 0);
    expect(nose.x).toBeGreaterThan((leftEye.x + rightEye.x) / 2 + 5);
    const level = project({ yaw: 0, pitch: 0, roll: 0 }, 1, 0, 0);
    expect(project({ yaw: 0, pitch: 25, roll: 0 }, 1, 0, 0).nose.y).toBeGreaterThan(level.nose.y);
    const tilted = project({ yaw: 0, pitch: 0, roll: 25 }, 1, 0, 0);
    expect(tilted.rightEye.y).toBeGreaterThan(tilted.leftEye.y);
  });

  it("recovers yaw, pitch and roll together, at any size and place", () => {
    const angle = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
    fc.assert(
      fc.property(
        angle(60),
        angle(50),
        angle(180),
        fc.double({ min: 0.2, max: 30, noNaN: true }),
        angle(1000),
        (yaw, pitch, roll, scale, shift) => {
          const found = headPose(project({ yaw, pitch, roll }, scale, shift, -shift));
          expect(found.yawDegrees).toBeCloseTo(yaw, 4);
          expect(found.pitchDegrees).toBeCloseTo(pitch, 4);
          expect(Math.cos(((found.rollDegrees - roll) * Math.PI) / 180)).toBeCloseTo(1, 8);
        },
      ),
    );
  });

  it("is zero for coinciding landmarks", () => {
    const p = { x: 5, y: 5 };
    const zero = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 };
    expect(headPose({ leftEye: p, rightEye: p, nose: p, leftMouth: p, rightMouth: p })).toEqual(zero);
  });
});
