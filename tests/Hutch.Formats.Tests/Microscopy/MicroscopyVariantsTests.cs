using System.Text;
using Hutch.Formats.Microscopy.Sessions;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Microscopy;

/// <summary>Files of a session with random damage: each is read or named, and none stops the table.</summary>
public sealed class MicroscopyVariantsTests
{
    private const string Navigator =
        "AdocVersion = 2.00\n\n[Item = 1-A]\nStageXYZ = 1.5 -2.5 30\nType = 2\nMapFile = D:\\a\\square.mrc\nMapID = 9\n"
        + "[Item = 2]\nStageXYZ = 3 4 5\nType = 0\nDrawnID = 9\n";

    private const string NavigatorXml =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<navigator><Item name=\"1\"><StageXYZ>1 2 3</StageXYZ><Type>2</Type></Item></navigator>";

    private const string Series =
        "PixelSpacing = 2.7\n[T = Tilt axis angle = 84.3]\n[ZValue = 0]\nTiltAngle = 0\nExposureDose = 3\nSubFramePath = D:\\f\\m.tif\n"
        + "DateTime = 13-Aug-15  15:58:24\n[ZValue = 1]\nTiltAngle = 3\nSubFramePath = D:\\f\\n.tif\nNavigatorLabel = 2\n";

    private static readonly (string Path, string Text)[] Whole =
    [
        ("EpuSession.dm", EpuText.Session(@"Z:\a\Sample4\Atlas\Atlas.dm")),
        ("Sample4/Atlas/Atlas.dm", EpuText.Atlas(7, 8)),
        ("Metadata/GridSquare_7.dm", EpuText.Square(7, EpuText.Hole(11), EpuText.Hole(12))),
        ("Images-Disc1/GridSquare_7/GridSquare_20240406_102420.xml", EpuText.Image()),
        ("Images-Disc1/GridSquare_7/Data/FoilHole_11_Data_2_3_20250108_154915.xml", EpuText.Image()),
        ("day.nav", Navigator),
        ("other.nav", NavigatorXml),
        ("TS.mrc.mdoc", Series),
        ("m.tif.mdoc", "[FrameSet = 0]\nTiltAngle = 0\nSubFramePath = m.tif\n"),
    ];

    [Fact]
    public void Damaged_files_are_named_and_whole_ones_are_read()
    {
        for (int variant = 0; variant < Variants.Count(200); variant++)
        {
            int seed = (Variants.Seed * 1_000_003) + variant;
            var random = new Random(seed);
            SessionFile[] read =
            [
                .. Whole.Select(file => SessionFile.Read(
                    file.Path, SessionNames.KindOf(file.Path), random.Next(3) == 0 ? Encoding.UTF8.GetBytes(file.Text) : Damage(random, file.Text))),
            ];

            SessionTable table = SessionBuilder.Build([.. Whole.Select(static file => file.Path), "f/m.tif", "f/n.tif"], read, []);

            string[] problems = [.. read.Where(static file => file.Problem is not null).Select(static file => file.Path)];
            Assert.True(
                problems.All(path => table.Remarks.Any(remark => remark.Path == path)),
                Variants.Repeat($"a file without a remark, variant {variant}"));
            Assert.All(table.Exposures, static one => Assert.True(one.Dose is null or > 0));
        }
    }

    private static byte[] Damage(Random random, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int change = random.Next(1, 6); change > 0 && bytes.Length > 2; change--)
        {
            int at = random.Next(bytes.Length);
            int end = Math.Min(bytes.Length, at + random.Next(1, 60));
            bytes = random.Next(5) switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], .. bytes[end..]],
                2 => [.. bytes[..end], .. bytes[at..]],
                3 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], .. "999999999999999999999999"u8, .. bytes[at..]],
            };
        }

        return bytes;
    }
}
