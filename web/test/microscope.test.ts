import { expect, test } from "vitest";
import { hasSign } from "../src/dataset/sessionSigns";
import { type Movie, onPicture, onStage, type Place, pointsOf, present, quantities } from "../src/microscope/numbers";

const place = (id: string, rest: Partial<Place>): Place => ({ id, kind: "square", name: id, exposures: 0, ...rest });
const movie = (id: string, rest: Partial<Movie>): Movie => ({ id, gain: "none", ...rest });
const dose = quantities.find(({ key }) => key === "dose");

test("places with pixels stand on their picture", () => {
  const chart = onPicture([place("a", { x: 10, y: 20 })], { picture: "atlas.jpg", width: 400, height: 300 });
  expect(chart).toMatchObject({ picture: "atlas.jpg", width: 400, height: 300, points: [{ x: 10, y: 20 }] });
});

test("places without pixels, or a picture without a size, are not drawn on it", () => {
  expect(onPicture([place("a", {})], { picture: "a.jpg", width: 4, height: 3 })).toBeUndefined();
  expect(onPicture([place("a", { x: 1, y: 1 })], { picture: "a.jpg" })).toBeUndefined();
});

test("the stage has y upwards and room around its places", () => {
  const chart = onStage([
    place("a", { stageX: 0, stageY: 100 }),
    place("b", { stageX: 10, stageY: 0 }),
    place("c", {}),
  ]);
  expect(chart?.points.map(({ x, y }) => [x, y])).toEqual([
    [0, -100],
    [10, -0],
  ]);
  expect(chart && chart.top < -100 && chart.top + chart.height > 0).toBe(true);
});

test("a column is shown if an exposure has its number, and 0 is one", () => {
  expect(present([movie("a", { tilt: 0 }), movie("b", { dose: 2 })]).map(({ key }) => key)).toEqual(["tilt", "dose"]);
});

test("a curve has the newest exposure on the right, and that of a series goes by angle", () => {
  const movies = [movie("new", { tilt: -3, dose: 2 }), movie("lost", { tilt: 3 }), movie("old", { tilt: 0, dose: 1 })];
  if (!dose) throw new Error("no dose");
  expect(pointsOf(movies, dose, false)).toEqual([
    [1, 1],
    [2, null],
    [3, 2],
  ]);
  expect(pointsOf(movies, dose, true)).toEqual([
    [-3, 2],
    [0, 1],
    [3, null],
  ]);
});

test.each([
  [["EpuSession.dm"], true],
  [["Images-Disc1/"], true],
  [["TS_01.mrc.mdoc", "a.txt"], true],
  [["Metadata/"], false],
  [["movies/", "notes.txt"], false],
])("%j tells of a session: %s", (names, expected) => expect(hasSign(names)).toBe(expected));
