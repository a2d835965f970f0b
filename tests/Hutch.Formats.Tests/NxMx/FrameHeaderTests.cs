using System.Text;
using System.Text.Json.Nodes;
using Hutch.Detectors.Sources;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Simulator;
using Hutch.Testing;

namespace Hutch.Formats.Tests.NxMx;

public sealed class FrameHeaderTests
{
    [Fact]
    public async Task The_header_has_the_detectors_own_names_at_top_level_and_the_rest_under_nexus()
    {
        await using NxMxSource source = await Series.OpenAsync(TestData.Path("synthetic/synth_master.h5"));

        var document = (JsonObject)JsonNode.Parse(source.HeaderJson.Span)!;

        Assert.Equal(16, (int)document["bit_depth_image"]!);
        Assert.Equal(331, (int)document["x_pixels_in_detector"]!);
        Assert.Equal(253, (int)document["y_pixels_in_detector"]!);
        Assert.Equal(5, (int)document["nimages"]!);
        Assert.Equal(1, (int)document["ntrigger"]!);
        Assert.Equal("Synthetic Eiger-like", (string?)document["description"]);
        Assert.Equal("NXmx", (string?)document["nexus"]!["definition"]);
        Assert.Equal("bslz4", (string?)document["hutch"]!["codec"]);
        Assert.Equal("omega", (string?)document["hutch"]!["scan"]!["axis"]);
    }

    [Fact]
    public async Task The_header_reads_back_in_our_units()
    {
        await using NxMxSource source = await Series.OpenAsync(TestData.Path("synthetic/synth_master.h5"));

        FrameHeader header = FrameHeader.Parse(source.HeaderJson.Span).Value;

        Assert.Equal((253, 331, ElementType.UInt16, FrameCodec.BitshuffleLz4), (header.Rows, header.Columns, header.Type, header.Codec));
        Assert.Equal((165.5, 126.5), (header.BeamCenterX, header.BeamCenterY));
        Assert.Equal(0.1, header.DistanceMetres);
        Assert.Equal(0.9763, header.WavelengthAngstrom);
        Assert.Equal((7.5e-5, 7.5e-5), (header.PixelSizeXMetres, header.PixelSizeYMetres));
        Assert.Equal(60000, header.SaturationValue);
        Assert.Equal(("Si", 4.5e-4), (header.SensorMaterial, header.SensorThicknessMetres));
        Assert.Equal((0.01, 0.01), (header.CountTimeSeconds, header.FrameTimeSeconds));
        Assert.Equal(0, header.ScanStartDegrees);
        Assert.Equal(0.1, header.ScanIncrementDegrees!.Value, 12);
        Assert.Equal("header.d/pixel_mask.npy", header.MaskEntry);
        Assert.Equal(5, header.Images);
        Assert.Equal(65535, header.NoDataValue);
    }

    [Theory]
    [InlineData("""{"scan": 1, "arrays": [], "detector": 2, "grid": "x", "channels": {}, "images": [], "source": {}}""")]
    [InlineData("""{"scan": {"start": []}, "arrays": {"pixel_mask": 3}, "detector": {}, "grid": [1]}""")]
    [InlineData("[]")]
    [InlineData("7")]
    public void A_header_whose_parts_are_of_another_kind_is_read_without_them(string frames)
    {
        byte[] json = Encoding.UTF8.GetBytes(
            $$"""{"x_pixels_in_detector": 3, "y_pixels_in_detector": 2, "bit_depth_image": 16, "hutch": {{frames}}}""");

        FrameHeader header = FrameHeader.Parse(json).Value;

        Assert.Equal((null, null, null), (header.ScanStartDegrees, header.MaskEntry, header.Plane));
        Assert.Null(FrameHeader.SourceOf(json));
        Assert.True(FrameHeader.ArraysOf(json).All(array => array.EntryPath.Length == 0));
    }

    [Theory]
    [InlineData(SeriesLayout.Legacy)]
    [InlineData(SeriesLayout.Dectris2024)]
    public async Task Old_and_new_names_lead_to_the_same_header(SeriesLayout layout)
    {
        using var folder = new TemporaryFolder();
        SimulationOptions options = Series.Tiny with { Layout = layout, IncrementDegrees = 0.25 };
        await using NxMxSource source = await Series.OpenAsync(Series.Write(options, folder));
        var geometry = Geometry.From(options);

        Assert.Equal(geometry.DistanceMetres, source.Header.DistanceMetres);
        Assert.Equal((geometry.BeamX, geometry.BeamY), (source.Header.BeamCenterX, source.Header.BeamCenterY));
        Assert.Equal(0.25, source.Header.ScanIncrementDegrees!.Value, 12);
        Assert.Equal("header.d/pixel_mask.npy", source.Header.MaskEntry);
    }

    [Fact]
    public void Units_are_converted()
    {
        FrameHeader header = Build(
            """
            {"instrument": {
                "beam": {"incident_wavelength": 0.1, "incident_wavelength@units": "nm"},
                "detector": {"distance": 150, "distance@units": "mm", "x_pixel_size": 75, "x_pixel_size@units": "um",
                             "count_time": 5, "count_time@units": "ms", "beam_center_x": [12.5]}},
             "sample": {"depends_on": "phi", "transformations": {
                "phi": 0.5, "phi@units": "deg", "phi@transformation_type": "rotation", "phi@depends_on": "/entry/sample/transformations/omega",
                "omega": [0, 0.1, 0.2], "omega@units": "rad", "omega@transformation_type": "rotation", "omega@depends_on": "."}}}
            """);

        Assert.Equal(1, header.WavelengthAngstrom!.Value, 12);
        Assert.Equal(0.15, header.DistanceMetres!.Value, 12);
        Assert.Equal(75e-6, header.PixelSizeXMetres!.Value, 12);
        Assert.Equal(0.005, header.CountTimeSeconds!.Value, 12);
        Assert.Equal(12.5, header.BeamCenterX);
        Assert.Equal(0.1 * 180 / Math.PI, header.ScanIncrementDegrees!.Value, 10);
    }

    /// <summary>formats 150, 151.</summary>
    [Theory]
    [InlineData("", 0.15)]
    [InlineData("\"distance\": 0.2, \"distance@units\": \"m\",", 0.15)]
    [InlineData("\"distance\": 150, \"distance@units\": \"\",", 0.15)]
    public void The_chain_of_transformations_takes_precedence_over_single_fields(string fields, double distance)
    {
        FrameHeader header = Build(Chained(fields));

        Assert.Equal(distance, header.DistanceMetres!.Value, 12);
        Assert.Equal(40.25, header.BeamCenterX!.Value, 9);
        Assert.Equal(31.5, header.BeamCenterY!.Value, 9);
    }

    [Fact]
    public void Two_places_that_disagree_are_noted()
    {
        SeriesDescription series = Describe(Chained("\"distance\": 0.2, \"distance@units\": \"m\","));

        Assert.Equal(
            ["detector_distance of x_master.h5 is 0.2 m, and 0.15 by the chain of transformations, which counts."],
            HeaderQuantities.Read(series).Notes);
    }

    [Theory]
    [InlineData("detector_distance", 150, "m")]
    [InlineData("x_pixel_size", 75, "m")]
    [InlineData("sensor_thickness", 450, "m")]
    public void A_length_without_a_unit_that_cannot_be_is_left_out_with_a_note(string name, double value, string unit)
    {
        foreach (string units in new[] { "", $", \"{name}@units\": \"\"" })
        {
            SeriesDescription series = Describe($$$"""{"instrument": {"detector": {"{{{name}}}": {{{value}}}{{{units}}} } } }""");

            Assert.Null(JsonNode.Parse(HeaderBuilder.Build(series, []))![name]);
            Assert.Equal(
                [$"instrument/detector/{name} of x_master.h5 is left out: it has no unit, and {value} {unit} cannot be."],
                HeaderQuantities.Read(series).Notes);
        }
    }

    [Theory]
    [InlineData("instrument", 12700, "eV", 0.97625)]
    [InlineData("sample", 12.7, "keV", 0.97625)]
    [InlineData("sample", 12.7, "", null)]
    [InlineData("instrument", 2.03476432e-15, "J", 0.97625)]
    public void An_energy_gives_the_wavelength(string group, double energy, string unit, double? wavelength)
    {
        FrameHeader header = Build(
            $$$"""{"{{{group}}}": {"beam": {"incident_energy": {{{energy}}}, "incident_energy@units": "{{{unit}}}"} } }""");

        Assert.Equal(wavelength, header.WavelengthAngstrom is { } angstrom ? Math.Round(angstrom, 5) : null);
    }

    [Theory]
    [InlineData("\"wavelength\": 0.1, \"wavelength@units\": \"nm\"", 1.0, "")]
    [InlineData("\"energy\": [12700, 12700, 12700], \"energy@units\": \"eV\"", 0.97625, "x_master.h5 has no wavelength: it is computed from instrument/monochromator/energy.")]
    [InlineData("\"wavelength\": 9.7e-11", null, "instrument/monochromator/wavelength of x_master.h5 is left out: it has no unit, and 9.7E-11 Å cannot be.")]
    [InlineData("\"wavelength\": 1, \"wavelength@units\": \"Å\", \"energy\": 12.7, \"energy@units\": \"keV\"", 1.0,
        "wavelength of x_master.h5 is 1 Å, and 0.976254 by instrument/monochromator/energy: the first counts.")]
    [InlineData("\"wavelength\": 1, \"wavelength@units\": \"Å\", \"energy\": 12.3984, \"energy@units\": \"keV\"", 1.0, "")]
    public void A_monochromator_has_the_wavelength_too(string fields, double? wavelength, string note)
    {
        SeriesDescription series = Describe($$$"""{"instrument": {"monochromator": { {{{fields}}} } } }""");
        double? angstrom = FrameHeader.Parse(HeaderBuilder.Build(series, [])).Value.WavelengthAngstrom;

        Assert.Equal(wavelength, angstrom is { } each ? Math.Round(each, 5) : null);
        Assert.Equal(note.Length == 0 ? [] : [note], HeaderQuantities.Read(series).Notes);
    }

    [Theory]
    [InlineData("\"z@units\": \"furlongs\", \"z@vector\": [0, 0, 1], \"z@depends_on\": \".\"", null)]
    [InlineData("\"z@units\": \"mm\", \"z@vector\": [0, 0, 2], \"z@depends_on\": \".\"", null)]
    [InlineData("\"z@units\": \"mm\", \"z@vector\": [0, 0, 1], \"z@depends_on\": \"z\"", null)]
    [InlineData("\"z@units\": \"mm\", \"z@vector\": [0, 0, 1], \"z@depends_on\": \"/entry/gone/x\"", null)]
    [InlineData("\"z@units\": \"\", \"z@vector\": [0, 0, 1], \"z@depends_on\": \".\"", null)]
    [InlineData("\"z@units\": \"mm\", \"z@vector\": [0, 0, -1], \"z@depends_on\": \"./turn\"", 0.15)]
    [InlineData("\"z@units\": \"micron\", \"z@vector\": [0, 0, 1], \"z@offset\": [0, 0, 14.985], \"z@offset_units\": \"cm\"", 0.15)]
    public void A_chain_that_cannot_be_followed_is_named(string step, double? distance)
    {
        SeriesDescription series = Describe($$$"""
            {"instrument": {"detector": {"distance": 0.2, "distance@units": "m", "depends_on": "transformations/z", "transformations": {
                "z": 150, "z@transformation_type": "translation", {{{step}}},
                "turn": 0, "turn@transformation_type": "rotation", "turn@units": "deg", "turn@vector": [0, 1, 0], "turn@depends_on": "."} } } }
            """);
        double? read = FrameHeader.Parse(HeaderBuilder.Build(series, [])).Value.DistanceMetres;

        Assert.Equal(distance ?? 0.2, read!.Value, 9);
        Assert.Equal(
            [distance is null
                ? "The transformations of the detector of x_master.h5 cannot be followed: the fields beside them count."
                : "detector_distance of x_master.h5 is 0.2 m, and 0.15 by the chain of transformations, which counts."],
            HeaderQuantities.Read(series).Notes);
    }

    [Fact]
    public void The_pixels_of_the_module_count_and_two_fields_that_disagree_are_noted()
    {
        SeriesDescription series = Describe(Chained(
            """
            "x_pixel_size": 172, "x_pixel_size@units": "um", "detector_distance": 150, "detector_distance@units": "mm",
            "distance": 15.5, "distance@units": "cm",
            """));

        Assert.Equal(75e-6, FrameHeader.Parse(HeaderBuilder.Build(series, [])).Value.PixelSizeXMetres!.Value, 12);
        Assert.Equal(
            [
                "detector_distance of x_master.h5 is 0.15 m, and 0.155 by instrument/detector/distance: the first counts.",
                "x_pixel_size of x_master.h5 is 0.000172 m, and 7.5E-05 by the chain of transformations, which counts.",
            ],
            HeaderQuantities.Read(series).Notes);
    }

    [Fact]
    public void A_master_that_says_nothing_still_gives_a_header()
    {
        FrameHeader header = Build("{}");

        Assert.Equal((4, 6, ElementType.Int32, FrameCodec.Lz4), (header.Rows, header.Columns, header.Type, header.Codec));
        Assert.Null(header.WavelengthAngstrom);
        Assert.Null(header.ScanIncrementDegrees);
        Assert.Null(header.MaskEntry);
        Assert.Null(header.NoDataValue);
    }

    [Fact]
    public void A_chain_of_axes_that_goes_in_a_circle_ends()
    {
        FrameHeader header = Build(
            """
            {"sample": {"depends_on": "/entry/sample/transformations/a", "transformations": {
                "a": 1, "a@transformation_type": "rotation", "a@depends_on": "b", "b": 2, "b@transformation_type": "rotation", "b@depends_on": "a"}}}
            """);

        Assert.Equal((1, 0), (header.ScanStartDegrees, header.ScanIncrementDegrees));
    }

    [Fact]
    public void A_detectors_bare_configuration_is_a_header_too()
    {
        FrameHeader header = FrameHeader.Parse(
            """{"bit_depth_image": 32, "x_pixels_in_detector": 4148, "y_pixels_in_detector": 4362, "nimages": 100, "wavelength": 1.0}"""u8).Value;

        Assert.Equal((4362, 4148, ElementType.UInt32, FrameCodec.BitshuffleLz4), (header.Rows, header.Columns, header.Type, header.Codec));
        Assert.Equal(100, header.Images);
    }

    [Theory]
    [InlineData("", "The header is not JSON")]
    [InlineData("[1]", "The header is not a JSON object.")]
    [InlineData("{\"a\": 1, \"a\": 2}", "The header is not JSON")]
    [InlineData("{\"x_pixels_in_detector\": 1e999, \"y_pixels_in_detector\": 5}", "The header lacks x_pixels_in_detector")]
    [InlineData("{'bit_depth_image': 16}", "The header is not JSON")]
    [InlineData("{}", "The header lacks x_pixels_in_detector and y_pixels_in_detector.")]
    [InlineData("{\"x_pixels_in_detector\": 0, \"y_pixels_in_detector\": 5}", "The header lacks x_pixels_in_detector")]
    [InlineData("{\"x_pixels_in_detector\": \"9\", \"y_pixels_in_detector\": 5}", "The header lacks x_pixels_in_detector")]
    [InlineData("{\"x_pixels_in_detector\": 9, \"y_pixels_in_detector\": 5, \"bit_depth_image\": 12}", "The header has an unknown pixel type")]
    [InlineData("{\"x_pixels_in_detector\": 99999, \"y_pixels_in_detector\": 99999, \"bit_depth_image\": 16}", "The header gives 99999 x 99999 pixels")]
    [InlineData(
        "{\"x_pixels_in_detector\": 16385, \"y_pixels_in_detector\": 16384, \"bit_depth_image\": 8}",
        "The header gives 16384 x 16385 pixels; an image can have at most 268435456.")]
    [InlineData("{\"x_pixels_in_detector\": 9, \"y_pixels_in_detector\": 5, \"hutch\": {\"type\": \"float64\"}}", "The header has an unknown pixel type")]
    [InlineData("{\"x_pixels_in_detector\": 9, \"y_pixels_in_detector\": 5, \"bit_depth_image\": 8, \"hutch\": {\"codec\": \"zip\"}}", "The header has an unknown codec 'zip'")]
    public void A_header_that_cannot_be_understood_says_why(string json, string expected)
    {
        Result<FrameHeader> result = FrameHeader.Parse(Encoding.UTF8.GetBytes(json));

        Assert.StartsWith(expected, result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_to_a_header_is_refused_or_read_never_thrown()
    {
        byte[] good = HeaderBuilder.Build(Describe("""{"instrument": {"detector": {"count_time": [0.01], "description": "x"}}}"""), []);
        var random = new Random(4);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = (byte[])good.Clone();
            for (int i = 0; i < 3; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(32, 127);
            }

            _ = FrameHeader.Parse(damaged).IsOk;
        }
    }

    /// <summary>A detector at 0.15 m, whose module names the axis of the detector by a relative path.</summary>
    private static string Chained(string fields) => $$$"""
        {"instrument": {"detector": { {{{fields}}}
          "transformations": {
            "det_z": 150, "det_z@transformation_type": "translation", "det_z@vector": [0, 0, 1], "det_z@units": "mm", "det_z@depends_on": "."},
          "module": {
            "module_offset": 0, "module_offset@transformation_type": "translation", "module_offset@vector": [1, 0, 0],
            "module_offset@offset": [0.00301875, 0.0023625, 0], "module_offset@units": "m",
            "module_offset@depends_on": "../transformations/det_z",
            "fast_pixel_direction": 75e-6, "fast_pixel_direction@transformation_type": "translation",
            "fast_pixel_direction@vector": [-1, 0, 0], "fast_pixel_direction@units": "m", "fast_pixel_direction@depends_on": "module_offset",
            "slow_pixel_direction": 75e-6, "slow_pixel_direction@transformation_type": "translation",
            "slow_pixel_direction@vector": [0, -1, 0], "slow_pixel_direction@units": "m",
            "slow_pixel_direction@depends_on": "module_offset"} } } }
        """;

    private static FrameHeader Build(string nexus) => FrameHeader.Parse(HeaderBuilder.Build(Describe(nexus), [])).Value;

    private static SeriesDescription Describe(string nexus)
    {
        return new SeriesDescription
        {
            Master = "x_master.h5",
            Images = 3,
            Channels = [""],
            Rows = 4,
            Columns = 6,
            Type = ElementType.Int32,
            Codec = FrameCodec.Lz4,
            EntryPath = "/entry",
            Nexus = (JsonObject)JsonNode.Parse(nexus)!,
            Arrays = [],
        };
    }
}
