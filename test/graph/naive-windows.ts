/** Naive convolution and pooling on plain arrays, as references. */

export type Map4 = { readonly n: number; readonly channels: number; readonly height: number; readonly width: number };
export type NaiveWindow = {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  /** [top, left, bottom, right] */
  readonly pads: readonly [number, number, number, number];
};

export function outputSize({ height, width }: Map4, { kernel, stride, pads }: NaiveWindow): [number, number] {
  return [
    Math.floor((height + pads[0] + pads[2] - kernel[0]) / stride) + 1,
    Math.floor((width + pads[1] + pads[3] - kernel[1]) / stride) + 1,
  ];
}

/** Applies `reduce` to the values in each window position, one map at a time, without padding. */
export function naivePooling(
  x: Float64Array,
  map: Map4,
  window: NaiveWindow,
  reduce: (values: readonly number[]) => number,
): number[] {
  const [height, width] = outputSize(map, window);
  const y: number[] = [];
  for (let plane = 0; plane < map.n * map.channels; plane++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const values: number[] = [];
        for (let i = 0; i < window.kernel[0]; i++)
          for (let j = 0; j < window.kernel[1]; j++) {
            const [r, c] = [row * window.stride - window.pads[0] + i, column * window.stride - window.pads[1] + j];
            if (r < 0 || c < 0 || r >= map.height || c >= map.width) continue;
            values.push(x[(plane * map.height + r) * map.width + c] as number);
          }
        y.push(reduce(values));
      }
  return y;
}

/** @param weight [filters, channels / groups, kernel height, kernel width] */
export function naiveConvolution(
  x: Float64Array,
  map: Map4,
  weight: Float64Array,
  bias: Float64Array | undefined,
  { filters, groups, ...window }: NaiveWindow & { readonly filters: number; readonly groups: number },
): number[] {
  const { n, channels, height, width } = map;
  const [outHeight, outWidth] = outputSize(map, window);
  const [rows, columns] = window.kernel;
  const perGroup = channels / groups;
  const y: number[] = [];
  for (let image = 0; image < n; image++)
    for (let filter = 0; filter < filters; filter++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++) {
          const first = Math.floor(filter / (filters / groups)) * perGroup;
          let sum = bias?.[filter] ?? 0;
          for (let c = 0; c < perGroup; c++)
            for (let i = 0; i < rows; i++)
              for (let j = 0; j < columns; j++) {
                const [r, q] = [row * window.stride - window.pads[0] + i, column * window.stride - window.pads[1] + j];
                if (r < 0 || q < 0 || r >= height || q >= width) continue;
                const value = x[((image * channels + first + c) * height + r) * width + q] as number;
                sum += value * (weight[((filter * perGroup + c) * rows + i) * columns + j] as number);
              }
          y.push(sum);
        }
  return y;
}
