using System.Runtime.CompilerServices;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Detectors.Export;
using Hutch.Detectors.Ingest;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;

namespace Hutch.Commands.Verbs.Frames;

/// <summary><c>hutch export</c>: the frames of a dataset become an NXmx file, or its results an HDF5 table.</summary>
internal sealed class ExportVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "export",
        "Write the frames of a dataset to a NeXus file (NXmx) that DIALS, h5py and other programs read. The frames stay compressed as "
        + "they are stored.",
        "hutch export lysozyme lysozyme.nxs",
        "hutch export lysozyme@3 as-published.nxs",
        "hutch export lysozyme-spots spots.h5 --results")
{
    /// <summary>Frames that are fetched while one is written.</summary>
    private const int Ahead = 8;

    private const int PieceBytes = 1 << 20;

    private const int MaxArrayBytes = 1 << 30;

    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required("The dataset, or DATASET@SNAPSHOT."));
    private readonly Argument<string> _file = verb.Argument<string>(
        "file", "The file to make, such as lysozyme.nxs; it must not exist.");
    private readonly Option<bool> _results = verb.Option<bool>(
        "--results", "Write the results of an analysis, one HDF5 table, instead of frames.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string path = context.FullPath(context.Value(_file)!);
        if (Path.Exists(path))
        {
            throw (ErrorCode.AlreadyExists with { Advice = "Choose another name, or move the file away." })
                .With($"{Display.Quote(path)} is there already.").ToException();
        }

        (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
        string partial = path + ".part";
        try
        {
            ExportLine line = context.Value(_results)
                ? await WriteResultsAsync(context, dataset, at, partial, cancellationToken)
                : await WriteAsync(context, await ListAsync(context.Server, dataset, at, cancellationToken), partial, cancellationToken);
            File.Move(partial, path);
            context.Progress.Dispose();
            context.Print(
                line,
                CliJson.Default.ExportLine,
                $"{Display.Name(context.Value(_file)!)}: "
                + $"{(line.Frames is { } frames ? Human.Count(frames, "frame") : "the results")} of {dataset.Name}, "
                + $"{Display.Bytes(new FileInfo(path).Length)}.");
        }
        finally
        {
            File.Delete(partial);
        }

        return ExitCode.Ok;
    }

    /// <summary>The server makes this file: it knows the units of the columns, and the run.</summary>
    private static async Task<ExportLine> WriteResultsAsync(
        CliContext context, DatasetInfo dataset, string? at, string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await context.Server.OpenEntryAsync(
            dataset.Id, at, ReservedNames.ResultTable, offset: 0, cancellationToken);
        context.Progress.Start("Exporting", null, response.Content.Headers.ContentLength);
        await using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] piece = new byte[PieceBytes];
        for (int read; (read = await body.ReadAsync(piece, cancellationToken)) > 0;)
        {
            await file.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            context.Progress.Add(0, read);
        }

        return new ExportLine(dataset.Name, at, null, []);
    }

    private static async Task<Content> ListAsync(
        HutchClient server, DatasetInfo dataset, string? at, CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, EntryInfo>(StringComparer.Ordinal);
        using FixedListing<EntryInfo> listing = await server.ListFilesAsync(dataset.Id, at, ct: cancellationToken);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
        {
            if (FrameEntry.IsOfASeries(entry.Path))
            {
                entries[entry.Path] = entry;
            }
        }

        bool hasFrames = entries.Keys.Any(static path => FrameEntry.TryParse(path, out _, out _));
        if (!hasFrames || !entries.ContainsKey(FrameHeader.EntryPath))
        {
            throw (ErrorCode.UnreadableFile with
            {
                Advice = "Name a dataset that `hutch ingest` or `hutch capture` made, or give --results for the results of an analysis.",
            })
                .With($"{dataset.Name} has no {(hasFrames ? "header" : "frames")}.").ToException();
        }

        return new Content(dataset, listing.Snapshot?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? at, entries);
    }

    private static async Task<ExportLine> WriteAsync(
        CliContext context, Content content, string path, CancellationToken cancellationToken)
    {
        Series series = await ReadSeriesAsync(context.Server, content, cancellationToken);
        NxMxFile plan = series.Plan();
        context.Progress.Start("Exporting", plan.Parts, plan.Size - plan.MetadataBytes);
        await using (FileStream file = new(path, FileMode.Create, FileAccess.Write))
        {
            file.Position = plan.MetadataBytes;
            await foreach ((StoredPart part, byte[] bytes) in ReadPartsAsync(context.Server, content, plan, cancellationToken))
            {
                await file.WriteAsync(series.PackIfNeeded(part, bytes, content.Entries[part.Path]), cancellationToken);
                context.Progress.Add(1, bytes.Length);
            }

            await WriteMetadataAsync(file, series.Packed.Count == 0 ? plan : series.Plan(), cancellationToken);
        }

        string[] notes = [.. Notes(series, plan)];
        Array.ForEach(notes, context.WriteNote);
        return new ExportLine(content.Dataset.Name, content.At, series.Frames.Count, notes);
    }

    private static async Task<Series> ReadSeriesAsync(HutchClient server, Content content, CancellationToken cancellationToken)
    {
        byte[] json = await ReadAsync(server, content, FrameHeader.EntryPath, cancellationToken);
        FrameHeader header = FrameHeader.Parse(json).Value;
        List<NxMxFrame> frames = [];
        foreach (EntryInfo entry in content.Entries.Values)
        {
            if (NxMxFrame.Read(header, entry.Path, entry.Size ?? 0, entry.Metadata).Value is { } frame)
            {
                frames.Add(frame);
            }
        }

        return new Series(json, header, frames, await ReadArraysAsync(server, content, json, cancellationToken));
    }

    private static async Task WriteMetadataAsync(FileStream file, NxMxFile plan, CancellationToken cancellationToken)
    {
        file.Position = 0;
        byte[] piece = new byte[PieceBytes];
        while (file.Position < plan.MetadataBytes)
        {
            Memory<byte> some = piece.AsMemory(0, (int)Math.Min(piece.Length, plan.MetadataBytes - file.Position));
            plan.ReadMetadata(file.Position, some.Span);
            await file.WriteAsync(some, cancellationToken);
        }
    }

    private static IEnumerable<string> Notes(Series series, NxMxFile plan)
    {
        int[] numbers = [.. series.Frames.Select(static frame => frame.Number).Distinct()];
        if (numbers.Max() - numbers.Min() + 1 - numbers.Length is > 0 and var missing)
        {
            yield return $"{Human.Count(missing, "image is", "images are")} missing in the series: in the file, their pixels have the "
                + "value that marks a pixel without data.";
        }

        if (series.Packed.Count > 0)
        {
            yield return
                $"{Human.Count(series.Packed.Count, "frame was", "frames were")} packed anew: the file has one compression for all.";
        }

        if (plan.Lack is { } lack)
        {
            yield return lack;
        }
    }

    private static async IAsyncEnumerable<(StoredPart Part, byte[] Bytes)> ReadPartsAsync(
        HutchClient server, Content content, NxMxFile plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetched = new Queue<(StoredPart Part, Task<byte[]> Bytes)>();
        int next = 0;
        try
        {
            while (next < plan.Parts || fetched.Count > 0)
            {
                while (next < plan.Parts && fetched.Count < Ahead)
                {
                    StoredPart part = plan.Part(next++);
                    fetched.Enqueue((part, ReadAsync(server, content, part.Path, stop.Token)));
                }

                (StoredPart first, Task<byte[]> reading) = fetched.Dequeue();
                yield return (first, await reading);
            }
        }
        finally
        {
            await stop.CancelAsync();
            Task rest = Task.WhenAll(fetched.Select(static one => one.Bytes));
            await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<List<NxMxArray>> ReadArraysAsync(
        HutchClient server, Content content, byte[] headerJson, CancellationToken cancellationToken)
    {
        var arrays = new List<NxMxArray>();
        foreach ((string name, string path) in FrameHeader.ArraysOf(headerJson))
        {
            if (content.Entries.ContainsKey(path))
            {
                byte[] file = await ReadAsync(server, content, path, cancellationToken);
                arrays.Add(new NxMxArray(name, path, NumpyFile.ReadLayout(file, file.Length).Value));
            }
        }

        return arrays;
    }

    private static async Task<byte[]> ReadAsync(HutchClient server, Content content, string path, CancellationToken cancellationToken)
    {
        EntryInfo entry = content.Entries[path];
        if (entry.Size > MaxArrayBytes)
        {
            throw ErrorCode.TooLarge.With($"{entry.Path} has {entry.Size} bytes; at most {MaxArrayBytes} are read.").ToException();
        }

        using HttpResponseMessage response = await server.OpenEntryAsync(
            content.Dataset.Id, content.At, entry.Path, offset: 0, cancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return entry.Hash is null || BlobHash.Compute(bytes) == entry.Hash
            ? bytes
            : throw ErrorCode.DigestMismatch.With($"What came of {entry.Path} is not what is stored.").ToException();
    }

    private sealed record Content(DatasetInfo Dataset, string? At, IReadOnlyDictionary<string, EntryInfo> Entries);

    /// <summary>
    /// The input of the file's plan. Frames that HDF5 cannot read are packed again. Their new lengths are known only after packing, so
    /// the metadata are written last.
    /// </summary>
    private sealed class Series(byte[] json, FrameHeader header, IReadOnlyList<NxMxFrame> frames, IReadOnlyList<NxMxArray> arrays)
    {
        public IReadOnlyList<NxMxFrame> Frames => frames;

        /// <summary>The frames that are packed anew, by their paths; of a byte each until they were.</summary>
        public Dictionary<string, NxMxFrame> Packed { get; } = frames.Where(frame => !NxMxFile.IsFit(header, frame)).ToDictionary(
            static frame => frame.Path,
            frame => frame with { Codec = NxMxFile.CodecOf(header), FilterMask = 0, Bytes = 1 },
            StringComparer.Ordinal);

        public NxMxFile Plan() => NxMxFile.Plan(json, arrays, frames.Select(frame => Packed.GetValueOrDefault(frame.Path, frame))).Value;

        public ReadOnlyMemory<byte> PackIfNeeded(StoredPart part, byte[] bytes, EntryInfo entry)
        {
            if (!Packed.TryGetValue(part.Path, out NxMxFrame planned))
            {
                return bytes.AsMemory(part.EntryOffset);
            }

            NxMxFrame frame = NxMxFrame.Read(header, part.Path, bytes.Length, entry.Metadata).Value!.Value;
            ReadOnlyMemory<byte> packed = FramePacking.Repack(header, frame, bytes, planned.Codec).Value;
            Packed[part.Path] = planned with { Bytes = packed.Length };
            return packed;
        }
    }
}

/// <summary>The output of <c>hutch export --json</c>.</summary>
/// <param name="Frames">The number of frames written; absent if the results were exported.</param>
internal sealed record ExportLine(string Dataset, string? Snapshot, int? Frames, IReadOnlyList<string> Notes);
