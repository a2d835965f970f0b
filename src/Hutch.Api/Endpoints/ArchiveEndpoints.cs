using System.IO.Hashing;
using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Api.Publishing;
using Hutch.Datasets.Programs;
using Hutch.Api.Tar;
using Hutch.Api.Zip;
using Hutch.Model.Tar;

namespace Hutch.Api.Endpoints;

/// <summary>Any subtree of a version as one archive with human names, written while it is read.</summary>
internal sealed class ArchiveEndpoints(PublicationService publications, RerunService reruns) : IEndpoints
{
    private const string Tag = "Streams";
    private const int FlushBytes = 256 << 10;
    private const string Crate = "Whether to add `ro-crate-metadata.json`, unless the dataset has one; default: to a published version";
    private const string Lacking = "The archive. Files whose stored bytes are damaged are listed in a last member, `MISSING.txt`";
    private const string Selected = "Only this file, or this folder with all below it; may be repeated, instead of `prefix`";
    private const int FileMode = 0x1A4; // 0644
    private const int FolderMode = 0x1ED; // 0755

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Streams.Tar, "A version, or a part of it, as a tar archive")
            .At().Query("prefix", "Only paths with this prefix").Query("path", Selected).Query(ArchiveCrate.Parameter, Crate, "boolean")
            .Answering(StatusCodes.Status200OK, HutchMediaTypes.Tar, Lacking)
            .Does(request => SendAsync(request, HutchMediaTypes.Tar, "tar", WriteTarAsync));
        table.Add(Tag, RestCalls.Streams.Zip, "A version, or a part of it, as a ZIP archive")
            .At().Query("prefix", "Only paths with this prefix").Query("path", Selected).Query(ArchiveCrate.Parameter, Crate, "boolean")
            .Answering(StatusCodes.Status200OK, "application/zip", Lacking)
            .Does(request => SendAsync(request, "application/zip", "zip", WriteZipAsync));
    }

    private async Task SendAsync(
        ApiRequest request, string mediaType, string extension, Func<ArchiveSource, PipeWriter, CancellationToken, Task> write)
    {
        EntryService entries = request.Reader.Entries;
        _ = Selection(request);
        if (!(await entries.FixAsync(request.Caller, request.Dataset, request.At, Operation.EntryRead, request.Aborted)).TryGet(
            out FixedTree? tree, out HutchError? refusal)
            || !(await request.Reader.DescribeAsync(request.Caller, request.Dataset, request.Aborted))
                .TryGet(out DatasetDescription? dataset, out refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        var source = new ArchiveSource(request, tree, await ArchiveCrate.FindAsync((publications, reruns), request, tree, dataset));
        if (await request.Reader.Recalls.FindRefusalAsync(dataset.Record, source.EnumerateAsync(request.Aborted), request.Aborted)
            is { } away)
        {
            await Problems.WriteAsync(request.Http, away, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = mediaType;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ContentDisposition = $"attachment; filename=\"{dataset.Name.Slug}-{tree.Number}.{extension}\"";
        response.Headers[HutchHeaders.Snapshot] = tree.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await request.Api.Guard.SendArchiveAsync(request.Caller, request.Dataset, WriteAsync, request.Aborted);
        await response.BodyWriter.FlushAsync(request.Aborted);

        async Task<long> WriteAsync(CancellationToken ct)
        {
            await write(source, response.BodyWriter, ct);
            return source.SentBytes;
        }
    }

    private static async Task WriteTarAsync(ArchiveSource source, PipeWriter output, CancellationToken ct)
    {
        var gaps = new ArchiveGaps();
        await foreach (PathEntry file in source.EnumerateAsync(ct))
        {
            gaps.Pass(file.Path.Value);
            source.Crate?.Pass(file.Path.Value);
            ReadOnlyMemory<byte> header = TarWriter.Header(ToTar(file));
            if (file.Entry.Kind != EntryKind.File)
            {
                output.Write(header.Span);
            }
            else if (await TryWriteFileAsync(source, file, header, output, null, gaps, ct))
            {
                TarWriter.WritePadding(output, file.Entry.Size);
            }

            await FlushIfMuchAsync(output, ct);
        }

        foreach ((string name, byte[] bytes) in await source.AddedAsync(gaps, ct))
        {
            TarWriter.WriteHeader(output, new TarEntry(name, bytes.Length));
            output.Write(bytes);
            TarWriter.WritePadding(output, bytes.Length);
        }

        TarWriter.WriteEnd(output);
    }

    private static TarEntry ToTar(PathEntry file)
    {
        Entry entry = file.Entry;
        return new TarEntry(entry.Kind == EntryKind.EmptyDirectory ? file.Path.Value + "/" : file.Path.Value, entry.Size)
        {
            Type = entry.Kind switch { EntryKind.File => '0', EntryKind.SymbolicLink => '2', _ => '5' },
            Target = entry.Target,
            Mode = entry.Kind == EntryKind.EmptyDirectory ? FolderMode : ModeOf(entry),
            ModifiedSeconds = EntryTime.Seconds(entry.ModifiedNanoseconds),
        };
    }

    /// <summary>Writes a file with its header. A damaged file is left out, or ends in zeros if its first bytes were sent.</summary>
    private static async Task<bool> TryWriteFileAsync(
        ArchiveSource source, PathEntry file, ReadOnlyMemory<byte> header, PipeWriter output, Action<ReadOnlyMemory<byte>>? wrote,
        ArchiveGaps gaps, CancellationToken ct)
    {
        long sent = 0;
        try
        {
            ApiRequest request = source.Request;
            OpenedEntry opened = (await request.Reader.Entries.OpenAsync(request.Dataset, file.Path, file.Entry, ct)).Value;
            await opened.Stored!.AppendToAsync(output, header, Count, ct);
            return true;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined || e.Error.Code == ErrorCode.Gone)
        {
            if (sent == 0)
            {
                gaps.LeaveOut(file);
                return false;
            }
        }

        gaps.Cut(file, sent);
        await TarWriter.WriteZerosAsync(output, file.Entry.Size - sent, ct);
        return true;

        void Count(ReadOnlyMemory<byte> part)
        {
            sent += part.Length;
            source.SentBytes += part.Length;
            wrote?.Invoke(part);
        }
    }

    private static async Task WriteZipAsync(ArchiveSource source, PipeWriter output, CancellationToken ct)
    {
        var zip = new ZipWriter(output);
        var gaps = new ArchiveGaps();
        await foreach (PathEntry file in source.EnumerateAsync(ct))
        {
            gaps.Pass(file.Path.Value);
            source.Crate?.Pass(file.Path.Value);
            ZipEntry member = ToZip(file);
            var checksum = new Crc32();
            if (file.Entry.Kind == EntryKind.File)
            {
                // Zeros in place of damaged bytes are not counted: so the checksum shows an unpacking program that the member is
                // incomplete.
                if (!await TryWriteFileAsync(
                    source, file, ZipWriter.Header(member), output,
                    part => checksum.Append(part.Span), gaps, ct))
                {
                    continue;
                }
            }
            else
            {
                byte[] bytes = Encoding.UTF8.GetBytes(file.Entry.Target ?? "");
                checksum.Append(bytes);
                zip.Begin(member);
                output.Write(bytes);
            }

            zip.Finish(member, checksum.GetCurrentHashAsUInt32());
            await FlushIfMuchAsync(output, ct);
        }

        var added = new List<ZipEntry>();
        foreach ((string name, byte[] bytes) in await source.AddedAsync(gaps, ct))
        {
            var member = new ZipEntry(name, bytes.Length, ZipEntry.File, 0);
            zip.Begin(member);
            output.Write(bytes);
            zip.Finish(member, Crc32.HashToUInt32(bytes));
            added.Add(member);
        }

        // The version is fixed: walking it again gives the same members, and costs no memory.
        await foreach (PathEntry file in source.EnumerateAsync(ct))
        {
            if (!gaps.IsLeftOut(file.Path.Value))
            {
                zip.List(ToZip(file));
                await FlushIfMuchAsync(output, ct);
            }
        }

        foreach (ZipEntry member in added)
        {
            zip.List(member);
        }

        zip.End();
    }

    private static int ModeOf(Entry entry) =>
        RestrictedMode.Restore(
            FileMode, RestrictedMode.Parse(entry.UserMetadata?.GetValueOrDefault(RestrictedMode.Name)), entry.Executable);

    private static ZipEntry ToZip(PathEntry file)
    {
        long seconds = EntryTime.Seconds(file.Entry.ModifiedNanoseconds);
        return file.Entry.Kind switch
        {
            EntryKind.File =>
                new ZipEntry(file.Path.Value, file.Entry.Size, ZipEntry.RegularFile | (uint)ModeOf(file.Entry), seconds),
            EntryKind.SymbolicLink => new ZipEntry(file.Path.Value, Encoding.UTF8.GetByteCount(file.Entry.Target!), ZipEntry.Link, seconds),
            _ => new ZipEntry(file.Path.Value + "/", 0, ZipEntry.Directory, seconds),
        };
    }

    /// <summary>The files and folders that are named; as many as an address can be long.</summary>
    private static IReadOnlyList<DatasetPath> Selection(ApiRequest request) =>
        [.. request.QueryAll("path").Select(path => DatasetPath.Parse(path.TrimEnd('/')).Value)];

    private static async ValueTask FlushIfMuchAsync(PipeWriter output, CancellationToken ct)
    {
        if (output.UnflushedBytes >= FlushBytes && (await output.FlushAsync(ct)).IsCompleted)
        {
            throw new OperationCanceledException("The client went away.");
        }
    }

    private sealed record ArchiveSource(ApiRequest Request, FixedTree Tree, ArchiveCrate? Crate)
    {
        public long SentBytes { get; set; }

        public IAsyncEnumerable<PathEntry> EnumerateAsync(CancellationToken ct) =>
            Selection(Request) is { Count: > 0 } paths
                ? Request.Reader.Entries.EnumerateAsync(Tree, paths, ct)
                : Request.Reader.Entries.EnumerateAsync(Tree, Request.Query("prefix") ?? "", ct);

        /// <summary>The members after the entries that are not entries themselves.</summary>
        public async Task<IReadOnlyList<(string Name, byte[] Bytes)>> AddedAsync(ArchiveGaps gaps, CancellationToken ct)
        {
            var added = new List<(string, byte[])>();
            if (Crate is not null
                && await Crate.WriteAsync(EnumerateAsync(ct).Where(one => !gaps.IsLeftOut(one.Path.Value)), ct) is { } description)
            {
                added.Add((ArchiveCrate.Name, description));
            }

            if (gaps.Any)
            {
                added.Add((gaps.Name, gaps.ToBytes()));
            }

            return added;
        }
    }
}
