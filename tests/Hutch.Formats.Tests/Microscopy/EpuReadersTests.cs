using System.Text;
using Hutch.Formats.Microscopy;
using Hutch.Model;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>Files of EPU, with numbers of public ones.</summary>
public sealed class EpuReadersTests
{
    [Fact]
    public void The_numbers_of_an_exposure_are_in_the_units_of_the_field()
    {
        EpuImage image = EpuImage.Read("a.xml", Bytes(EpuText.Image()));

        Assert.Equal(14.410836806690226, image.Dose!.Value, 12);
        Assert.Equal(1.0558814239614023, image.PixelSize!.Value, 12);
        Assert.Equal(-2.7, image.TargetDefocus!.Value, 12);
        Assert.Equal(0.48, image.Defocus!.Value, 12);
        Assert.Equal(-0.024722, image.Tilt!.Value, 6);
        Assert.Equal(0.89, image.Exposure);
        Assert.Equal(50, image.Frames);
        Assert.Equal(300, image.Voltage);
        Assert.Equal(165000, image.Magnification);
        Assert.Equal("BioQuantum K3", image.Camera);
        Assert.Equal((2880, 2046), (image.Width, image.Height));
        Assert.Equal((-97.152, -152.722, 85), (Math.Round(image.Stage!.X, 3), Math.Round(image.Stage.Y, 3), Math.Round(image.Stage.Z!.Value)));
        Assert.Equal(new DateTime(2025, 1, 8, 15, 49, 18, DateTimeKind.Utc), image.Acquired!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal("EPU 3.9.1", image.Program);
    }

    [Fact]
    public void A_time_with_a_zone_is_moved_to_UTC() => Assert.Equal(
        new DateTime(2024, 4, 5, 13, 22, 24, DateTimeKind.Utc),
        EpuImage.Read("a.xml", Bytes(EpuText.Image(time: "2024-04-05T14:22:24+01:00"))).Acquired);

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1,5E21")]
    public void A_dose_that_is_zero_or_no_number_is_not_given(string dose) =>
        Assert.Null(EpuImage.Read("a.xml", Bytes(EpuText.Image(dose: dose))).Dose);

    [Fact]
    public void A_pixel_of_zero_is_not_given_but_a_tilt_and_a_defocus_of_zero_are()
    {
        EpuImage image = EpuImage.Read("a.xml", Bytes(EpuText.Image(pixel: "0", defocus: "0", tilt: "0")));

        Assert.Null(image.PixelSize);
        Assert.Equal((0, 0), (image.Tilt, image.TargetDefocus));
    }

    [Fact]
    public void A_session_names_the_atlas_of_each_sample_and_how_movies_are_written()
    {
        EpuSession session = EpuSession.Read("EpuSession.dm", Bytes(EpuText.Session(@"Z:\a\Sample4\Atlas\Atlas.dm")));

        Assert.Equal("Supervisor_20250108", session.Name);
        Assert.Equal([@"Z:\a\Sample4\Atlas\Atlas.dm"], session.Atlases);
        Assert.Equal([7L], session.Squares);
        Assert.False(session.IsGainCorrected);
        Assert.Equal(2025, session.Started!.Value.Year);
    }

    [Theory]
    [InlineData("Tiff Lzw Non-Gain normalized", false)]
    [InlineData("Mrc Gain normalized", true)]
    [InlineData("Eer", null)]
    public void The_format_of_movies_says_whether_they_are_corrected(string format, bool? isCorrected) =>
        Assert.Equal(isCorrected, EpuSession.Read("s.dm", Bytes(EpuText.Session("a", format))).IsGainCorrected);

    [Fact]
    public void A_square_has_its_holes_and_not_the_parts_of_these()
    {
        EpuSquare square = EpuSquare.Read(
            "GridSquare_7.dm", Bytes(EpuText.Square(7, EpuText.Hole(5665438), EpuText.Hole(5665439, isSelected: false))));

        Assert.Equal((7, 7, "InProgress"), (square.Id, square.AtlasNode, square.State));
        Assert.Equal((-49, -560), (Math.Round(square.Stage!.X), Math.Round(square.Stage.Y)));
        Assert.Equal([5665438, 5665439], square.Holes.Select(static hole => hole.Id));
        EpuHole hole = square.Holes[0];
        Assert.Equal((1396, 972, "Completed", true), (hole.PixelX, hole.PixelY, hole.State, hole.IsSelected));
        Assert.Equal((-42.5, -559), (Math.Round(hole.Stage!.X, 3), Math.Round(hole.Stage.Y, 3)));
        Assert.False(square.Holes[1].IsSelected);
    }

    [Fact]
    public void An_atlas_has_its_squares_in_pixels_of_its_own_picture()
    {
        EpuAtlas atlas = EpuAtlas.Read("Atlas.dm", Bytes(EpuText.Atlas(4590306)));

        Assert.Equal(("Atlas_4590151", 2417, 2279), (atlas.Picture, atlas.Width, atlas.Height));
        Assert.Equal((2236.751, 1741.15442), (atlas.Nodes[4590306].X, atlas.Nodes[4590306].Y));
        Assert.Equal(-117, Math.Round(atlas.Nodes[4590306].Stage!.X));
    }

    [Fact]
    public void A_document_type_is_refused_so_that_no_entity_can_grow_or_read_a_file()
    {
        string bomb = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><MicroscopeImage>&x;</MicroscopeImage>";

        Assert.Contains("is no whole XML", Assert.Throws<HutchException>(() => EpuImage.Read("a.xml", Bytes(bomb))).Message);
    }

    [Fact]
    public void Too_deep_a_nesting_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("<a>", 5000)) + string.Concat(Enumerable.Repeat("</a>", 5000));

        Assert.Contains("nested", Assert.Throws<HutchException>(() => EpuSquare.Read("a.dm", Bytes(deep))).Message);
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_by_its_root()
    {
        Assert.Contains("is no atlas", Assert.Throws<HutchException>(() => EpuAtlas.Read("a.dm", Bytes("<value/>"))).Message);
        Assert.Contains("is no session", Assert.Throws<HutchException>(() => EpuSession.Read("a.dm", Bytes(EpuText.Atlas()))).Message);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
