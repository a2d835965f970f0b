/** Covers everything; what is drawn is cut by the scissors. */
export const vertexShader = `#version 300 es
void main() {
  gl_Position = vec4(float((gl_VertexID & 1) << 2) - 1.0, float((gl_VertexID & 2) << 1) - 1.0, 0.0, 1.0);
}`;

/**
 * Draws one tile of a picture. Each point of the window shows the largest valid number below it; far out, that of a level whose numbers
 * are about as large as a point. The contrast is applied here, so that another one needs no new numbers.
 */
export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;

uniform usampler2D u_numbers;
uniform usampler2D u_mask;
uniform bool u_hasMask;
uniform int u_level;
uniform vec2 u_corner;     // of the window, in numbers of the picture
uniform float u_step;      // numbers of the picture along a point of the window
uniform float u_height;    // of the window, points
uniform ivec2 u_begin;     // of the tile, numbers
uniform ivec2 u_size;      // of the tile, numbers
uniform uint u_largest;
uniform uint u_trusted;
uniform int u_smallest;
uniform int u_wrap;        // the numbers of the type, where negative ones count; 0 for 32 bits, whose signs come by themselves
uniform vec2 u_range;
uniform bool u_isLog;
uniform int u_colours;
uniform vec3 u_masked;
uniform vec3 u_saturated;

out vec4 colour;

int signedNumber(uint number) {
  int n = int(number);
  return u_wrap > 0 && n >= u_wrap / 2 ? n - u_wrap : n;
}

bool hasData(uint number) {
  if (u_smallest >= 0) return number >= uint(u_smallest) && number <= u_largest;
  int n = signedNumber(number);
  return n >= u_smallest && n <= int(u_largest);
}

bool isValid(ivec2 at, uint number) {
  return hasData(number) && !(u_hasMask && u_level == 0 && texelFetch(u_mask, at, 0).r != 0u);
}

vec3 heat(float v) {
  return clamp(vec3(v * 3.0, v * 3.0 - 1.0, v * 3.0 - 2.0), 0.0, 1.0);
}

void main() {
  vec2 middle = u_corner + vec2(gl_FragCoord.x, u_height - gl_FragCoord.y) * u_step - vec2(u_begin);
  if (any(lessThan(middle, vec2(0.0))) || any(greaterThanEqual(middle, vec2(u_size)))) discard;
  float unit = float(1 << u_level);
  float radius = max(u_step, unit) * 0.5;
  ivec2 last = ivec2(ceil(vec2(u_size) / unit)) - 1;
  ivec2 from = ivec2(floor(middle / unit));
  ivec2 to = from;
  if (u_step > 1.0) {
    from = max(ivec2(floor((middle - radius) / unit)), ivec2(0));
    to = max(min(ivec2(ceil((middle + radius) / unit)) - 1, last), from);
  }
  uint most = 0u;
  bool found = false;
  for (int y = from.y; y <= to.y; y++) {
    for (int x = from.x; x <= to.x; x++) {
      uint number = texelFetch(u_numbers, ivec2(x, y), u_level).r;
      if (isValid(ivec2(x, y), number)) {
        found = true;
        most = max(most, u_smallest < 0 && signedNumber(number) < 0 ? 0u : number);
      }
    }
  }
  if (!found) {
    colour = vec4(u_masked, 1.0);
  } else if (most > u_trusted) {
    colour = vec4(u_saturated, 1.0);
  } else {
    float number = float(most);
    float v = u_isLog
      ? log(1.0 + max(number - u_range.x, 0.0)) / log(1.0 + max(u_range.y - u_range.x, 1e-6))
      : (number - u_range.x) / max(u_range.y - u_range.x, 1e-6);
    v = clamp(v, 0.0, 1.0);
    colour = vec4(u_colours == 0 ? vec3(1.0 - v) : u_colours == 1 ? vec3(v) : heat(v), 1.0);
  }
}`;
