using System.Text.Json.Nodes;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Peers;

/// <summary>CBF files with random content, comments and imgCIF categories, written by CBFlib, some of them read by dxtbx.</summary>
/// <remarks>Cases 20, 21.</remarks>
public sealed class CbfVariantsTests
{
    private const double Within = 1e-6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_number_is_that_which_was_written_or_left_out()
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync($"seed, count = {Variants.Seed}, {Variants.Count(200)}\n" + CbfVariants.Script, folder.Path);
        string[] files = [.. Directory.GetFiles(folder.Path, "*.expected.json").Order(StringComparer.Ordinal)];
        Assert.Equal(Variants.Count(200), files.Length);
        var differences = new List<string>();
        foreach (string file in files)
        {
            var expected = (JsonObject)JsonNode.Parse(await File.ReadAllBytesAsync(file, Cancellation))!;
            string first = (string)expected["first"]!;
            differences.AddRange((await CompareAsync(folder[first], expected)).Select(one => $"{first}: {one}\n  {expected["variant"]}"));
        }

        Assert.True(differences.Count == 0, Variants.Repeat($"{differences.Count} differences, such as\n{string.Join("\n", differences.Take(5))}\n"));
    }

    private static async Task<List<string>> CompareAsync(string path, JsonObject expected)
    {
        Result<IFrameSource> opened = await FrameSources.OpenAsync(
            path, new FrameSourceOptions { Hdf5Reader = Readers.Command, Time = TimeProvider.System }, Cancellation);
        if (!opened.IsOk)
        {
            return [opened.Error.Message];
        }

        await using IFrameSource source = opened.Value;
        var document = (JsonObject)JsonNode.Parse(source.HeaderJson.Span)!;
        var differences = new List<string>();
        foreach ((string name, JsonNode? value) in expected["values"]!.AsObject())
        {
            double? wanted = (double?)value;
            double? got = name switch
            {
                "scan_start" => source.Header.ScanStartDegrees,
                "scan_increment" => source.Header.ScanIncrementDegrees,
                _ => NexusTree.Real(document[name]),
            };
            if (got is null != wanted is null || Math.Abs((got ?? 0) - (wanted ?? 0)) > Math.Abs((wanted ?? 0) * Within))
            {
                differences.Add($"{name} is {got}, and should be {wanted}");
            }
        }

        foreach ((string name, JsonNode? values) in expected["perImage"]!.AsObject())
        {
            double[] wanted = [.. values!.AsArray().Select(static one => (double)one!)];
            double[] got = [.. (document.At("hutch/perImage/" + name) as JsonArray ?? []).Select(static one => (double)one!)];
            if (got.Length != wanted.Length || !wanted.Zip(got, static (a, b) => Math.Abs(a - b) <= Math.Abs(a * Within)).All(static same => same))
            {
                differences.Add($"{name} of each image is [{string.Join(", ", got)}], and should be [{string.Join(", ", wanted)}]");
            }
        }

        differences.AddRange(expected["notes"]!.AsArray().Select(static note => (string)note!)
            .Where(word => !source.Notes.Any(note => note.Contains(word, StringComparison.Ordinal)))
            .Select(word => $"no note about '{word}', but: {string.Join(" | ", source.Notes)}"));
        (string? Axis, int Sweeps) scan = (NexusTree.Text(document.At("hutch/scan/axis")), (document.At("hutch/scan/sweeps") as JsonArray)?.Count ?? 0);
        if (scan != ((string?)expected["axis"], (int)expected["sweeps"]!))
        {
            differences.Add($"the scan is {scan}, and should be {expected["axis"]}, {expected["sweeps"]}");
        }

        var frames = new List<string>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            byte[] pixels = new byte[source.Header.ImageBytes];
            FrameDecodeError error = FrameDecoder.TryDecode(frame.Codec, source.Header.Type.Size(), 0, frame.Bytes.Span, pixels);
            frames.Add(error == FrameDecodeError.None ? TestData.Sha256(pixels) : $"{frame.Path} {error}");
        }

        if (!frames.SequenceEqual(expected["frames"]!.AsArray().Select(static frame => (string)frame!)))
        {
            differences.Add($"the pixels differ: {string.Join(", ", frames)}");
        }

        return differences;
    }
}
