using Hutch.Analysis;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Spots;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Formats.Arrays;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;

namespace Hutch.Bench.Analysis;

/// <summary>A simulated series on disk: its files, and its first frames in memory as they are stored.</summary>
internal sealed class StoredSeries
{
    /// <summary>What the kernels alone are measured with.</summary>
    private const int SampleFrames = 16;

    private StoredSeries(string master, FrameHeader header, DetectorMask mask, IReadOnlyList<byte[]> sample)
    {
        Master = master;
        Header = header;
        Mask = mask;
        Sample = sample;
    }

    /// <summary>The path of the master file.</summary>
    public string Master { get; }

    /// <summary>The path of the only data file.</summary>
    public string Data => Master.Replace("_master.h5", "_data_000001.h5", StringComparison.Ordinal);

    public FrameHeader Header { get; }

    public DetectorMask Mask { get; }

    /// <summary>The first frames, still compressed.</summary>
    public IReadOnlyList<byte[]> Sample { get; }

    /// <summary>Writes a series with the command that a person would use, then reads its header, mask and first frames.</summary>
    public static async Task<StoredSeries> SimulateAsync(string folder, string name, string detector, int images, CancellationToken ct)
    {
        string prefix = Path.Combine(folder, name);
        string[] arguments = ["simulate", "dataset", prefix, "--detector", detector, "--images", $"{images}", "--quiet"];
        await BenchmarkContext.RunProgramAsync(HutchExecutable.Path, arguments, ct);
        string master = prefix + "_master.h5";
        var options = new FrameSourceOptions { Hdf5Reader = new ReaderCommand(HutchExecutable.Path, ["hdf5-reader"]), Time = TimeProvider.System };
        await using IFrameSource source = (await FrameSources.OpenAsync(master, options, ct)).Value;
        NumericArray? mask = null;
        await foreach (SourceArray array in source.ReadArraysAsync(ct))
        {
            mask = array.Path == source.Header.MaskEntry ? NumpyFile.Read(array.File).Value : mask;
        }

        var sample = new List<byte[]>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(ct))
        {
            sample.Add(frame.Bytes.ToArray());
            if (sample.Count == SampleFrames)
            {
                break;
            }
        }

        return new StoredSeries(master, source.Header, DetectorMask.Read(source.Header, mask).Value, sample);
    }

    /// <summary>An analysis of these frames with the usual parameters.</summary>
    public PerImageAnalysis CreateAnalysis() =>
        PerImageAnalysis.Create(Mask, DetectorGeometry.From(Header), AnalysisParameters.Default, Header.LargestTrusted).Value;
}
