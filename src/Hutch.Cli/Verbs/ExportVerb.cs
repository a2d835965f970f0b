using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Client;
using Hutch.Formats.Arrays;
using Hutch.Formats.Export;
using Hutch.Formats.Frames;
using Hutch.Formats.Ingest;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch export</c>: the frames of a dataset become an NXmx file.</summary>
internal sealed class ExportVerb : Verb
{
    /// <summary>Frames that are fetched while one is written.</summary>
    private const int Ahead = 8;

    private const int MaxArrayBytes = 1 << 30;

    private readonly Argument<string> _dataset = DatasetArgument.Required("The dataset, or DATASET@SNAPSHOT.");

    private readonly Argument<string> _file = new("file") { Description = "The file to make, such as lysozyme.nxs; it must not exist." };

    internal ExportVerb(CliHost host)
        : base(
            host,
            "export",
            "Write the frames of a dataset to a NeXus file (NXmx) that DIALS, h5py and other programs read. The frames stay compressed as "
            + "they are stored.",
            "hutch export lysozyme lysozyme.nxs",
            "hutch export lysozyme@3 as-published.nxs")
    {
        Add(_dataset);
        Add(_file);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string path = context.FullPath(context.Value(_file)!);
        if (Path.Exists(path))
        {
            throw (ErrorCode.AlreadyExists with { Advice = "Choose another name, or move the file away." })
                .With($"{Display.Quote(path)} is there already.").ToException();
        }

        (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
        Content content = await ListAsync(context.Server, dataset, at, cancellationToken);
        string partial = path + ".part";
        try
        {
            ExportLine line = await WriteAsync(context, content, partial, cancellationToken);
            File.Move(partial, path);
            context.Progress.Dispose();
            context.Print(
                line,
                CliJson.Default.ExportLine,
                $"{Display.Quote(context.Value(_file))}: {Human.Count(line.Frames, "frame", "frames")} of {dataset.Name}, "
                + $"{Display.Bytes(new FileInfo(path).Length)}.");
        }
        finally
        {
            File.Delete(partial);
        }

        return ExitCode.Ok;
    }

    private static async Task<Content> ListAsync(
        HutchClient server, DatasetInfo dataset, string? at, CancellationToken cancellationToken)
    {
        var frames = new List<StoredFrame>();
        var others = new Dictionary<string, EntryInfo>(StringComparer.Ordinal);
        using FixedListing<EntryInfo> listing = await server.ListFilesAsync(dataset.Id, at, ct: cancellationToken);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
        {
            if (FrameEntry.TryParse(entry.Path, out int number, out string channel))
            {
                frames.Add(new StoredFrame(number, channel, entry));
            }
            else if (entry.Path == FrameHeader.EntryPath || entry.Path.StartsWith(FrameHeader.ArrayFolder + "/", StringComparison.Ordinal))
            {
                others[entry.Path] = entry;
            }
        }

        if (frames.Count == 0 || !others.ContainsKey(FrameHeader.EntryPath))
        {
            throw (ErrorCode.UnreadableFile with { Advice = "Name a dataset that `hutch ingest` or `hutch capture` made." })
                .With($"{dataset.Name} has no {(frames.Count == 0 ? "frames" : "header")}.").ToException();
        }

        // The channels of an image one after the other, image by image, as a detector's file has them.
        frames.Sort(static (a, b) => (a.Number, a.Channel.Length).CompareTo((b.Number, b.Channel.Length)));
        return new Content(dataset, listing.Snapshot?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? at, frames, others);
    }

    private static async Task<ExportLine> WriteAsync(
        CliContext context, Content content, string path, CancellationToken cancellationToken)
    {
        byte[] json = await ReadAsync(context.Server, content, content.Others[FrameHeader.EntryPath], cancellationToken);
        FrameHeader header = FrameHeader.Parse(json).Value;
        Dictionary<string, NumericArray> arrays = await ReadArraysAsync(context.Server, content, json, cancellationToken);
        (int first, int last) = (content.Frames[0].Number, content.Frames[^1].Number);
        using NxMxExport export = NxMxExport.Create(path, json, arrays, first, last).Value;
        context.Progress.Start("Exporting", content.Frames.Count, content.Frames.Sum(static frame => frame.Entry.Size ?? 0));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetched = new Queue<(StoredFrame Frame, Task<byte[]> Bytes)>();
        int next = 0;
        try
        {
            while (next < content.Frames.Count || fetched.Count > 0)
            {
                while (next < content.Frames.Count && fetched.Count < Ahead)
                {
                    StoredFrame frame = content.Frames[next++];
                    fetched.Enqueue((frame, ReadAsync(context.Server, content, frame.Entry, stop.Token)));
                }

                (StoredFrame stored, Task<byte[]> reading) = fetched.Dequeue();
                byte[] bytes = await reading;
                (FrameCodec codec, uint mask) = FrameEntry.Encoding(header, stored.Entry.Metadata).Value;
                _ = export.Write(stored.Number, stored.Channel, codec, mask, bytes).Value;
                context.Progress.Add(1, bytes.Length);
            }
        }
        finally
        {
            await stop.CancelAsync();
            Task rest = Task.WhenAll(fetched.Select(static one => one.Bytes));
            await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _ = export.Finish().Value;
        int images = content.Frames.Select(static frame => frame.Number).Distinct().Count();
        var notes = new List<string>();
        if (last - first + 1 - images is > 0 and var missing)
        {
            notes.Add($"{Human.Count(missing, "image is", "images are")} missing in the series: in the file, their pixels have the value "
                + "that marks a pixel without data.");
        }

        if (export.Repacked > 0)
        {
            notes.Add($"{Human.Count(export.Repacked, "frame was", "frames were")} packed anew: the file has one compression for all.");
        }

        notes.AddRange(new[] { export.Lack }.OfType<string>());
        notes.ForEach(context.Note);
        return new ExportLine(content.Dataset.Name, content.At, content.Frames.Count, notes);
    }

    private static async Task<Dictionary<string, NumericArray>> ReadArraysAsync(
        HutchClient server, Content content, byte[] headerJson, CancellationToken cancellationToken)
    {
        var arrays = new Dictionary<string, NumericArray>(StringComparer.Ordinal);
        foreach ((string name, string entryPath) in FrameHeader.ArraysOf(headerJson))
        {
            if (content.Others.TryGetValue(entryPath, out EntryInfo? entry))
            {
                arrays[name] = NumpyFile.Read(await ReadAsync(server, content, entry, cancellationToken)).Value;
            }
        }

        return arrays;
    }

    private static async Task<byte[]> ReadAsync(HutchClient server, Content content, EntryInfo entry, CancellationToken cancellationToken)
    {
        if (entry.Size > MaxArrayBytes)
        {
            throw ErrorCode.TooLarge.With($"{entry.Path} has {entry.Size} bytes; at most {MaxArrayBytes} are read.").ToException();
        }

        using HttpResponseMessage response = await server.OpenEntryAsync(
            content.Dataset.Id, content.At, entry.Path, offset: 0, cancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return entry.Hash is null || BlobHash.Of(bytes) == entry.Hash
            ? bytes
            : throw ErrorCode.DigestMismatch.With($"What came of {entry.Path} is not what is stored.").ToException();
    }

    /// <summary>A version of a dataset.</summary>
    private sealed record Content(
        DatasetInfo Dataset, string? At, IReadOnlyList<StoredFrame> Frames, IReadOnlyDictionary<string, EntryInfo> Others);

    private sealed record StoredFrame(int Number, string Channel, EntryInfo Entry);
}

/// <summary>What <c>hutch export --json</c> prints.</summary>
/// <param name="Dataset">The dataset, <c>owner/slug</c>.</param>
/// <param name="Snapshot">The snapshot that was exported.</param>
/// <param name="Frames">Frames written.</param>
/// <param name="Notes">What a person should know about the file.</param>
internal sealed record ExportLine(string Dataset, string? Snapshot, int Frames, IReadOnlyList<string> Notes);
