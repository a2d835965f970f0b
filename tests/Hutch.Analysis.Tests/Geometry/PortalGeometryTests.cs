using System.Text.Json;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Tests.Geometry;

/// <summary>
/// The portal computes resolutions in the browser: it is tested against the same file of values (web/test/frames.test.ts), and its list of
/// ice rings is the one that is computed here.
/// </summary>
public sealed class PortalGeometryTests
{
    private const double LargestInverseSquare = 1;

    private static readonly (double Wavelength, double Distance, double PixelX, double PixelY, double X, double Y)[] Square =
    [
        (0.9763, 0.10861, 75e-6, 75e-6, 1037.25, 1076.5),
        (1.5418, 0.06, 172e-6, 172e-6, -12.5, 310),
        (0.02508, 1.2, 55e-6, 80e-6, 512, 256.75),
    ];

    private static readonly DetectorGeometry Turned =
        new(0.71073, new DetectorPlane(new(0.02, -0.08, 0.05), new(4e-5, 0, -6e-5), new(0, 7.2e-5, 1e-6)));

    private static readonly (double X, double Y)[] Places = [(0, 0), (1037.25, 1076.5), (1037.75, 1076.5), (1500.5, 300.5), (2068, 2162), (17.5, 900.25)];

    [Fact]
    public void The_values_that_the_portal_is_tested_with_are_those_of_the_analysis()
    {
        var square = Square.Select(detector => new
        {
            detector.Wavelength,
            detector.Distance,
            detector.PixelX,
            detector.PixelY,
            detector.X,
            detector.Y,
            places = Values(new DetectorGeometry(
                detector.Wavelength, DetectorPlane.Square(detector.Distance, detector.PixelX, detector.PixelY, detector.X, detector.Y))),
        });
        var turned = new { wavelength = Turned.WavelengthAngstrom, detector = Turned.Plane.ToJson(), places = Values(Turned) };
        var expected = new { square, turned };
        string json = JsonSerializer.Serialize(expected, Web);

        Assert.Equal(json, JsonSerializer.Serialize(Read("tests/data/geometry/expected.json", json), Web));
    }

    [Fact]
    public void The_ice_rings_of_the_portal_are_those_of_the_analysis()
    {
        string json = JsonSerializer.Serialize(new { inverseSquares = new IceRings().UpTo(LargestInverseSquare).ToArray() }, Web);

        Assert.Equal(json, JsonSerializer.Serialize(Read("web/src/frames/detector/iceRings.json", json), Web));
    }

    private static IEnumerable<object> Values(DetectorGeometry detector) =>
        Places.Select(place => new { place.X, place.Y, inverse = detector.InverseResolution(place.X, place.Y) });

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static JsonElement Read(string path, string renewed)
    {
        string file = TestData.FileOf(path);
        if (Environment.GetEnvironmentVariable("HUTCH_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(file, renewed + "\n");
        }

        return JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;
    }
}
