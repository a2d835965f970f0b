using System.Text;
using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Detectors.Sources;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Simulator;
using Hutch.Testing;

namespace Hutch.Formats.Tests.NxMx;

public sealed class SeriesMetadataTests
{
    private const string Minimal = """{"x_pixels_in_detector": 4, "y_pixels_in_detector": 3, "bit_depth_image": 16, "nimages": 20""";

    private static readonly SimulationOptions Options = Series.Tiny with { Images = 3 };

    [Fact]
    public async Task A_rotation_says_what_the_detector_knew()
    {
        SeriesMetadata metadata = await OfFileAsync(Options);

        Assert.Equal(("mx/rotation", "simulated tetragonal crystal: rotation, 3 images of 0.1°, 0.9763 Å"), (metadata.Type, metadata.Title));
        AssertFields(
            """
            {"sample": "simulated tetragonal crystal", "collected": "2026-01-01T00:00:00Z", "detector": "Simulated 256 x 256",
             "detector_number": "SIM-0001", "sensor_material": "Si", "sensor_thickness": {"value": 450, "unit": "µm"},
             "image_size": {"value": [256, 256], "unit": "pixel"}, "pixel_size": {"value": [75, 75], "unit": "µm"},
             "wavelength": {"value": 0.9763, "unit": "Å"}, "energy": {"value": 12699.3955, "unit": "eV"},
             "images": 3, "exposure": {"value": 0.01, "unit": "s"}, "image_interval": {"value": 0.01, "unit": "s"},
             "scan_axis": "omega", "scan_start": {"value": 0, "unit": "°"}, "oscillation": {"value": 0.1, "unit": "°"}}
            """,
            metadata.Fields, except: ["detector_distance", "beam_center"]);
        Assert.Equal("mm", (string?)metadata.Fields["detector_distance"]!["unit"]);
        Assert.Equal("pixel", (string?)metadata.Fields["beam_center"]!["unit"]);
    }

    [Fact]
    public async Task A_stream_says_the_same_as_the_file()
    {
        SimulatedStream stream = SimulatedStream.Simulate(
            Options, new StreamSeriesName(1, "a"), null, new JsonObject { ["sample"] = "simulated tetragonal crystal" }, TestContext.Current.CancellationToken).Value;
        var start = (StartMessage)StreamMessageReader.Read(stream.Start).Value;

        SeriesMetadata fromStream = SeriesMetadata.TryRead(StreamHeader.Make(start, null).Value.Json.Span)!;
        SeriesMetadata fromFile = await OfFileAsync(Options);

        Assert.Equal((fromFile.Type, fromFile.Title), (fromStream.Type, fromStream.Title));
        AssertFields(fromFile.Fields.ToJsonString(), fromStream.Fields, except: []);
    }

    [Fact]
    public void A_grid_in_the_user_data_of_the_detector_start_sets_type_and_title()
    {
        SeriesMetadata metadata = Read(""", "wavelength": 1, "start": {"user_data": {"grid": {"rows": 4, "columns": 5}, "sample": "lysozyme"}}}""");

        Assert.Equal(("mx/grid-scan", "lysozyme: grid scan, 4 × 5, 1 Å"), (metadata.Type, metadata.Title));
        Assert.Equal("""{"rows":4,"columns":5}""", metadata.Fields["grid"]!.ToJsonString());
    }

    [Fact]
    public void A_grid_is_seen_in_the_axes_of_the_sample()
    {
        SeriesMetadata metadata = Read(
            """
            , "nexus": {"sample": {"name": "s", "transformations": {
              "sam_x": [0, 1, 2, 2, 1, 0], "sam_x@transformation_type": "translation",
              "sam_y": [0, 0, 0, 1, 1, 1], "sam_y@transformation_type": "translation",
              "sam_z": [5, 5, 5, 5, 5, 5], "sam_z@transformation_type": "translation"}}}}
            """);

        Assert.Equal("mx/grid-scan", metadata.Type);
        Assert.Equal("""{"rows":2,"columns":3}""", metadata.Fields["grid"]!.ToJsonString());
    }

    [Fact]
    public void A_header_that_says_little_gives_little()
    {
        SeriesMetadata metadata = Read("}");

        Assert.Equal((null, "20 images"), (metadata.Type, metadata.Title));
        Assert.Equal("""{"image_size":{"value":[4,3],"unit":"pixel"},"images":20}""", metadata.Fields.ToJsonString());
    }

    [Fact]
    public void Text_of_a_detector_is_one_line_of_bounded_length()
    {
        string name = "evil\\u0000\\n\\u001b[2J" + new string('x', 198) + "\\uD83D\\uDE00";

        SeriesMetadata metadata = Read($", \"description\": \"{name}\"" + """, "start": {"user_data": {"sample": "  \t "}}}""");

        string detector = (string)metadata.Fields["detector"]!;
        Assert.InRange(detector.Length, 100, 200);
        Assert.DoesNotContain(detector, char.IsControl);
        Assert.False(char.IsHighSurrogate(detector[^1]));
        Assert.False(metadata.Fields.ContainsKey("sample"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"x": 1}""")]
    public void Documents_that_are_not_headers_give_no_metadata(string json) => Assert.Null(SeriesMetadata.TryRead(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Metadata_written_by_a_user_is_not_overwritten()
    {
        SeriesMetadata metadata = Read(""", "wavelength": 1, "photon_energy": 5}""");
        JsonObject document = JsonNode.Parse("""{"wavelength": "about one", "mine": [1]}""")!.AsObject();
        var kept = new List<string>();

        Assert.Equal(3, metadata.MergeInto(document, null, kept));

        Assert.Equal(["wavelength"], kept);
        Assert.Equal("about one", (string?)document["wavelength"]);
        Assert.Equal(["wavelength", "mine", "image_size", "energy", "images"], document.Select(field => field.Key));
        Assert.Equal(0, metadata.MergeInto(document, null, []));
        Assert.Null(metadata.TitleInsteadOf("my crystal", null));
        Assert.Null(Read(""", "hutch": {"scan": {"axis": "omega", "start": 0, "increment": 1}}}""").TypeInsteadOf("cryoem/spa", null));
    }

    [Fact]
    public void What_an_earlier_header_said_is_replaced()
    {
        SeriesMetadata before = Read(""", "wavelength": 1, "detector_distance": 0.1}""");
        SeriesMetadata now = Read(""", "wavelength": 2}""");
        JsonObject document = before.Fields.DeepClone().AsObject();
        document["images"] = 7; // corrected by somebody
        var kept = new List<string>();

        now.MergeInto(document, before, kept);

        Assert.Equal(["images"], kept);
        Assert.Equal(2, (int?)document["wavelength"]!["value"]);
        Assert.False(document.ContainsKey("detector_distance"));
        Assert.Equal("20 images, 2 Å", now.TitleInsteadOf("20 images, 1 Å", before));
    }

    private static async Task<SeriesMetadata> OfFileAsync(SimulationOptions options)
    {
        using var folder = new TemporaryFolder();
        await using NxMxSource source = await Series.OpenAsync(Series.Write(options, folder));
        return SeriesMetadata.TryRead(source.HeaderJson.Span)!;
    }

    private static SeriesMetadata Read(string rest) => SeriesMetadata.TryRead(Encoding.UTF8.GetBytes(Minimal + rest))!;

    private static void AssertFields(string expected, JsonObject fields, string[] except)
    {
        var rest = (JsonObject)fields.DeepClone();
        Array.ForEach(except, name => rest.Remove(name));
        foreach ((string name, JsonNode? value) in JsonNode.Parse(expected)!.AsObject())
        {
            Assert.True(JsonNode.DeepEquals(value, rest[name]), $"{name}: {rest[name]?.ToJsonString()}");
            rest.Remove(name);
        }

        Assert.Empty(rest);
    }
}
