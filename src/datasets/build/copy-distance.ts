/**
 * Faces so close, squared L2, are of one photograph: saved again, scaled or cropped otherwise.
 */
export const COPY_DISTANCE = 0.05;
