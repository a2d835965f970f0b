import { blockEdge } from "../values/volume";

/** Covers the part of the canvas that is drawn. */
export const vertexShader = `#version 300 es
void main() {
  gl_Position = vec4(float((gl_VertexID & 1) << 2) - 1.0, float((gl_VertexID & 2) << 1) - 1.0, 0.0, 1.0);
}`;

const head = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler3D;

uniform sampler3D u_values;   // 0 to 1: the smallest to the largest value
uniform vec3 u_size;          // values along each axis
uniform vec4 u_view;          // lower left corner on the canvas, points; then width and height
uniform vec2 u_range;         // drawn as nothing, and in full; 0 to 1
uniform int u_colours;

out vec4 colour;

vec3 paint(float v) {
  v = clamp(v, 0.0, 1.0);
  if (u_colours == 0) return vec3(v);
  if (u_colours == 1) return vec3(1.0 - v);
  if (u_colours == 2) {
    // A fit of viridis by polynomials: Matt Zucker, https://www.shadertoy.com/view/WlfXRN, public domain.
    const vec3 c0 = vec3(0.2777273272, 0.0054073445, 0.3340998053), c1 = vec3(0.1050930431, 1.4046135299, 1.3845901626),
      c2 = vec3(-0.3308618287, 0.2148475595, 0.0950951630), c3 = vec3(-4.6342304990, -5.7991009734, -19.3324409563),
      c4 = vec3(6.2282699363, 14.1799333668, 56.6905526007), c5 = vec3(4.7763849977, -13.7451453777, -65.3530326334),
      c6 = vec3(-5.4354558559, 4.6458526122, 26.3124352496);
    return c0 + v * (c1 + v * (c2 + v * (c3 + v * (c4 + v * (c5 + v * c6)))));
  }
  return clamp(vec3(v * 3.0, v * 3.0 - 1.0, v * 3.0 - 2.0), 0.0, 1.0);
}

float share(float value) {
  return (value - u_range.x) / max(u_range.y - u_range.x, 1e-6);
}
`;

/** Draws a slice: each point of the canvas the value below it, not mixed with its neighbours. */
export const sliceShader = `${head}
uniform vec3 u_origin;        // the upper left corner of the view, values
uniform vec3 u_right;         // along a point to the right, values
uniform vec3 u_down;          // along a point downwards, values

void main() {
  vec2 at = vec2(gl_FragCoord.x - u_view.x, u_view.y + u_view.w - gl_FragCoord.y);
  vec3 place = u_origin + at.x * u_right + at.y * u_down;
  if (any(lessThan(place, vec3(0.0))) || any(greaterThanEqual(place, u_size))) discard;
  colour = vec4(paint(share(texelFetch(u_values, ivec3(place), 0).r)), 1.0);
}`;

/**
 * Follows a ray through the box that is not cut away. Blocks in which nothing can be seen are passed in one step; in the others the ray is
 * sampled at a fixed distance, with mixed neighbours, or without: programs that stand for a graphics processor then take half of the time.
 */
export const castShader = (isMixed: boolean) => `${head}
uniform sampler3D u_blocks;   // the largest value in each block and next to it
uniform vec3 u_scale;         // lengths of a value along each axis; the shortest is 1
uniform mat3 u_turn;          // from the canvas to the volume
uniform float u_point;        // length of a point of the canvas
uniform vec3 u_low;           // the box, values
uniform vec3 u_high;
uniform int u_mode;           // 0: the maximum intensity; 1: translucent; 2: a surface
uniform float u_threshold;
uniform float u_opacity;
uniform float u_step;         // between samples, values along the axis that the ray follows most

const float EDGE = ${blockEdge}.0;
const int MAX_BLOCKS = 1024;
const int MAX_SAMPLES = 512;

float valueAt(vec3 place) {
  return ${isMixed ? "texture(u_values, place / u_size).r" : "texelFetch(u_values, ivec3(clamp(place, vec3(0.0), u_size - 1.0)), 0).r"};
}

vec3 slope(vec3 place) {
  vec3 d = vec3(1.0, 0.0, 0.0);
  return vec3(
    valueAt(place + d.xyy) - valueAt(place - d.xyy),
    valueAt(place + d.yxy) - valueAt(place - d.yxy),
    valueAt(place + d.yyx) - valueAt(place - d.yyx)) / u_scale;
}

vec3 lit(vec3 base, vec3 place, vec3 ray) {
  vec3 normal = slope(place);
  float bright = length(normal) < 1e-6 ? 1.0 : abs(dot(normalize(normal), normalize(ray * u_scale)));
  return base * (0.35 + 0.65 * bright);
}

void main() {
  vec2 at = (gl_FragCoord.xy - u_view.xy - 0.5 * u_view.zw) * u_point;
  // In values: a ray of parallel light, whose length is counted in lengths.
  vec3 ray = (u_turn * vec3(0.0, 0.0, 1.0)) / u_scale;
  vec3 start = 0.5 * u_size + (u_turn * vec3(at, 0.0)) / u_scale;
  vec3 inverse = 1.0 / mix(ray, vec3(1e-9), vec3(lessThan(abs(ray), vec3(1e-9))));
  vec3 one = (u_low - start) * inverse, other = (u_high - start) * inverse;
  vec3 near = min(one, other), far = max(one, other);
  float t = max(max(near.x, near.y), near.z);
  float end = min(min(far.x, far.y), far.z);
  if (t >= end) discard;

  // Samples lie on the same places whatever is passed.
  float pace = u_step / max(max(abs(ray.x), abs(ray.y)), abs(ray.z));
  t = ceil(t / pace) * pace;
  float most = -1.0;
  vec4 sum = vec4(0.0);
  float before = 0.0;
  for (int blocks = 0; blocks < MAX_BLOCKS && t < end; blocks++) {
    vec3 place = start + t * ray;
    vec3 block = clamp(floor(place / EDGE), vec3(0.0), ceil(u_size / EDGE) - 1.0);
    vec3 walls = ((block + step(vec3(0.0), ray)) * EDGE - start) * inverse;
    float leave = min(min(min(walls.x, walls.y), walls.z), end);
    float largest = texelFetch(u_blocks, ivec3(block), 0).r;
    bool isEmpty = u_mode == 0 ? largest <= most : largest < u_threshold;
    if (isEmpty) {
      t = max(ceil(leave / pace), floor(t / pace) + 1.0) * pace;
      before = 0.0;
      continue;
    }
    for (int samples = 0; samples < MAX_SAMPLES; samples++) {
      place = start + t * ray;
      float value = valueAt(place);
      if (u_mode == 0) {
        most = max(most, value);
      } else if (value >= u_threshold) {
        if (u_mode == 2) {
          // Where between two samples the surface is.
          float back = before < u_threshold && value > before ? (value - u_threshold) / (value - before) : 0.0;
          place -= back * pace * ray;
          colour = vec4(lit(paint(0.75), place, ray), 1.0);
          return;
        }
        float v = clamp(share(value), 0.0, 1.0);
        float alpha = 1.0 - pow(1.0 - clamp(v * v * u_opacity, 0.0, 0.999), pace);
        sum += (1.0 - sum.a) * vec4(paint(v) * alpha, alpha);
        if (sum.a > 0.98) {
          colour = vec4(sum.rgb / sum.a, 1.0);
          return;
        }
      }
      before = value;
      t += pace;
      if (t >= leave) break;
    }
  }
  if (u_mode == 0) {
    if (most < u_threshold) discard;
    colour = vec4(paint(share(most)), 1.0);
  } else {
    if (sum.a <= 0.0) discard;
    colour = sum;
  }
}`;
