using System.Text;
using Hutch.Formats.Microscopy;
using Hutch.Model;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>Files of SerialEM, by its documented form and sections that users published.</summary>
public sealed class SerialEmReadersTests
{
    /// <summary>As SerialEM wrote it at a Glacios.</summary>
    private const string FrameSet =
        """
        T = SerialEM: Glacios        26-Oct-23  14:55:45
        Voltage = 200

        [FrameSet = 0]
        GainReference = CountRef_a_0000_0.0.mrc
        TiltAngle = 0.00440576
        StagePosition = -26.4387 53.0248
        StageZ = -71.9289
        Magnification = 36000
        ExposureDose = 0
        PixelSpacing = 1.151
        Defocus = 0.166593
        ExposureTime = 3.59521
        TargetDefocus = -1
        SubFramePath = \\192.168.42.2\data\20231026\area_11_0000.mrc
        NumSubFrames = 18
        DateTime = 26-Oct-2023  17:06:51
        NavigatorLabel = 11
        UncroppedSize = -5760 -4092
        RotationAndFlip = 0
        """;

    private const string TiltSeries =
        """
        PixelSpacing = 5.4
        Voltage = 300
        ImageFile = TS_01.mrc

        [T =     Tilt axis angle = 84.3, binning = 1  spot = 8  camera = 1]

        [ZValue = 0]
        TiltAngle = -3.01
        ExposureDose = 3.1
        DateTime = 13-Aug-15  15:58:24

        [ZValue = 1]
        TiltAngle = 0
        PixelSpacing = 2.7
        DateTime = 13-Aug-15  15:57:02
        """;

    [Fact]
    public void The_mdoc_of_a_movie_has_its_numbers_and_no_dose_where_it_says_zero()
    {
        Mdoc mdoc = Mdoc.Read("a.mrc.mdoc", Bytes(FrameSet));
        MdocExposure exposure = Assert.Single(mdoc.Exposures);

        Assert.False(mdoc.IsStack);
        Assert.Null(exposure.Dose);
        Assert.Equal((0.00440576, 1.151, -1, 0.166593), (exposure.Tilt, exposure.PixelSize, exposure.TargetDefocus, exposure.Defocus));
        Assert.Equal((3.59521, 18, 200, 36000), (exposure.Exposure, exposure.Frames, exposure.Voltage, exposure.Magnification));
        Assert.Equal(new StagePosition(-26.4387, 53.0248, -71.9289), exposure.Stage);
        Assert.Equal(new DateTime(2023, 10, 26, 17, 6, 51), exposure.Acquired);
        Assert.Equal(DateTimeKind.Unspecified, exposure.Acquired!.Value.Kind);
        Assert.Equal(@"\\192.168.42.2\data\20231026\area_11_0000.mrc", exposure.Movie);
        Assert.Equal(("11", true, true), (exposure.NavigatorLabel, exposure.HasGainSize, exposure.HasGainOrientation));
    }

    [Fact]
    public void The_mdoc_of_a_stack_has_its_tilts_and_takes_from_its_head_what_a_tilt_lacks()
    {
        Mdoc mdoc = Mdoc.Read("TS_01.mrc.mdoc", Bytes(TiltSeries));

        Assert.True(mdoc.IsStack);
        Assert.Equal(84.3, mdoc.TiltAxis);
        Assert.Equal([5.4, 2.7], mdoc.Exposures.Select(static one => one.PixelSize));
        Assert.Equal([3.1, null], mdoc.Exposures.Select(static one => one.Dose));
        Assert.Equal(new DateTime(2015, 8, 13, 15, 58, 24), mdoc.Exposures[0].Acquired);
    }

    [Fact]
    public void The_axis_is_read_as_Tomography_writes_it_too() => Assert.Equal(
        -95.1, Mdoc.Read("a.mdoc", Bytes("[T = TOMOGRAPHY: TiltAxisAngle = -95.1 Binning = 1]\n[ZValue = 0]\nTiltAngle = 1\n")).TiltAxis);

    [Fact]
    public void The_pieces_of_a_map_are_no_tilts() =>
        Assert.True(Mdoc.Read("map.mdoc", Bytes("[ZValue = 0]\nPieceCoordinates = 0 0 0\nTiltAngle = 0\n[MontSection = 0]\n")).IsMap);

    [Fact]
    public void A_file_without_sections_is_no_mdoc() =>
        Assert.Contains("is no .mdoc", Assert.Throws<HutchException>(() => Mdoc.Read("a.mdoc", Bytes("Voltage = 300\n"))).Message);

    [Theory]
    [InlineData(
        "AdocVersion = 2.00\nLastSavedAs = D:\\a\\nav.nav\n\n[Item = 1-A]\nColor = 0\nStageXYZ = 1.5 -2.5 30\nType = 2\n"
        + "MapFile = D:\\a\\square.mrc\nMapID = 9\nNote = sq\n\n[Item = 2]\nStageXYZ = 3 4 5\nType = 0\nDrawnID = 9\nAcquire = 1\n")]
    [InlineData(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<navigator><PreData><AdocVersion>2.00</AdocVersion></PreData><Item name=\"1-A\">"
        + "<Color>0</Color><StageXYZ>1.5 -2.5 30</StageXYZ><Type>2</Type><MapFile>D:\\a\\square.mrc</MapFile><MapID>9</MapID>"
        + "<Note>sq</Note></Item><Item name=\"2\"><StageXYZ>3 4 5</StageXYZ><Type>0</Type><DrawnID>9</DrawnID><Acquire>1</Acquire></Item>"
        + "</navigator>")]
    public void A_navigator_has_the_same_items_as_text_and_as_XML(string text) => Assert.Equal(
        [
            new NavigatorItem(
                "1-A", NavigatorItemKind.Map, new StagePosition(1.5, -2.5, 30), "sq", @"D:\a\square.mrc", "9", null, false),
            new NavigatorItem("2", NavigatorItemKind.Point, new StagePosition(3, 4, 5), null, null, null, "9", true),
        ],
        Navigator.Read("nav.nav", Bytes(text)));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
