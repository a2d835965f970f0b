using System.Text.Json.Nodes;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Peers;

/// <summary>
/// Masters as others write them, made by h5py with random content. The expected values are those that h5py, pint and dxtbx read from the
/// same files.
/// </summary>
/// <remarks>Cases 01, 02, 04 to 10, 12, 13, 15, 150, 151.</remarks>
public sealed class NxMxVariantsTests
{
    private const double Within = 1e-6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_number_is_that_of_the_fields_own_programs_or_left_out()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync($"seed, count = {Variants.Seed}, {Variants.Count(200)}\n" + NxMxVariants.Script);
        await using Hdf5ReaderProcess reader = Readers.Start();
        var differences = new List<string>();
        string[] files = [.. Directory.GetFiles(folder.Path, "*.expected.json").Order(StringComparer.Ordinal)];
        Assert.Equal(Variants.Count(200), files.Length);
        foreach (string file in files)
        {
            var expected = (JsonObject)JsonNode.Parse(await File.ReadAllBytesAsync(file, Cancellation))!;
            string master = file.Replace(".expected.json", "_master.h5", StringComparison.Ordinal);
            differences.AddRange((await CompareAsync(reader, master, expected)).Select(one => $"{Path.GetFileName(master)}: {one}\n  {expected["variant"]}"));
        }

        Assert.True(differences.Count == 0, Variants.Repeat($"{differences.Count} differences, such as\n{string.Join("\n", differences.Take(5))}\n"));
    }

    private static async Task<List<string>> CompareAsync(Hdf5ReaderProcess reader, string master, JsonObject expected)
    {
        Result<SeriesDescription> opened = await reader.OpenAsync(master, Cancellation);
        if (!opened.IsOk)
        {
            return [opened.Error.Message];
        }

        SeriesDescription series = opened.Value;
        IReadOnlyList<HeaderArray> arrays = HeaderArray.Choose(series);
        byte[] json = HeaderBuilder.Build(series, arrays);
        FrameHeader header = FrameHeader.Parse(json).Value;
        var differences = new List<string>();
        CompareValues((JsonObject)JsonNode.Parse(json)!, header, expected, differences);
        foreach (string word in expected["notes"]!.AsArray().Select(static note => (string)note!))
        {
            if (!series.Notes.Any(note => note.Contains(word, StringComparison.Ordinal)))
            {
                differences.Add($"no note about '{word}', but: {string.Join(" | ", series.Notes)}");
            }
        }

        await CompareFramesAsync(reader, header, expected["frames"]!.AsArray(), differences);
        await CompareMaskAsync(reader, arrays, (string?)expected["mask"], differences);
        return differences;
    }

    private static void CompareValues(JsonObject document, FrameHeader header, JsonObject expected, List<string> differences)
    {
        foreach ((string name, JsonNode? value) in expected["values"]!.AsObject())
        {
            double? wanted = (double?)value;
            double? got = name switch
            {
                "scan_start" => header.ScanStartDegrees,
                "saturation" => header.SaturationValue,
                "scan_increment" => header.ScanIncrementDegrees,
                _ => NexusTree.Real(document[name]),
            };
            bool mayBeAbsent = expected["absent"]!.AsArray().Any(one => (string)one! == name);
            if (wanted is null ? got is not null : got is null ? !mayBeAbsent : Math.Abs(got.Value - wanted.Value) > Math.Abs(wanted.Value * Within) + 1e-9)
            {
                differences.Add($"{name} is {got}, and should be {wanted}");
            }
        }

        foreach ((string name, JsonNode? values) in expected["perImage"]!.AsObject())
        {
            double[] wanted = [.. values!.AsArray().Select(static one => (double)one!)];
            double[] got = [.. (document.At("hutch/perImage/" + name) as JsonArray ?? []).Select(static one => (double)one!)];
            if (!wanted.Zip(got, static (a, b) => Math.Abs(a - b) <= Math.Abs(a * Within)).All(static same => same) || got.Length != wanted.Length)
            {
                differences.Add($"{name} of each image is [{string.Join(", ", got)}], and should be [{string.Join(", ", wanted)}]");
            }
        }

        int sweeps = (document.At("hutch/scan/sweeps") as JsonArray)?.Count ?? 0;
        if (sweeps != (int)expected["sweeps"]!)
        {
            differences.Add($"there are {sweeps} sweeps, and should be {expected["sweeps"]}");
        }
    }

    private static async Task CompareFramesAsync(Hdf5ReaderProcess reader, FrameHeader header, JsonArray frames, List<string> differences)
    {
        if (header.Images != frames.Count)
        {
            differences.Add($"there are {header.Images} images, and should be {frames.Count}");
            return;
        }

        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        for (int image = 0; image < frames.Count; image++)
        {
            bytes.ResetWrittenCount();
            FrameInfo info = (await reader.ReadFrameAsync(image, 0, bytes, Cancellation)).Value;
            byte[] pixels = new byte[header.ImageBytes];
            string? got = info.IsMissing ? null
                : FrameDecoder.TryDecode(info.Codec, header.Type.Size(), info.FilterMask, bytes.WrittenSpan, pixels) is not FrameDecodeError.None and var error
                    ? error.ToString()
                    : TestData.Sha256(pixels);
            if (got != (string?)frames[image])
            {
                differences.Add($"image {image + 1} is {got}, and should be {frames[image]}");
            }
        }
    }

    private static async Task CompareMaskAsync(Hdf5ReaderProcess reader, IReadOnlyList<HeaderArray> arrays, string? expected, List<string> differences)
    {
        HeaderArray? mask = arrays.FirstOrDefault(static array => array.Name == "pixel_mask");
        string? got = null;
        if (mask is not null)
        {
            NumericArray numbers = (await reader.ReadArrayAsync(mask.Source, Cancellation)).Value;
            byte[] raw = numbers.Bytes.ToArray();
            int size = numbers.Type.Size();
            got = string.Concat(Enumerable.Range(0, raw.Length / size).Select(i => raw.AsSpan(i * size, size).IndexOfAnyExcept((byte)0) < 0 ? '0' : '1'));
        }

        if (got != expected)
        {
            differences.Add($"the mask is {got}, and should be {expected}");
        }
    }
}
