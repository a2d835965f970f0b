using System.IO.Hashing;
using Hutch.Api.Bags;
using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Api.Publishing;
using Hutch.Api.Tar;
using Hutch.Api.Zip;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Versions;
using Hutch.Model.Site;
using Hutch.Model.Tar;
using Hutch.Publishing.Works;

namespace Hutch.Api.Endpoints;

/// <summary>Any subtree of a version as one archive with human names, written while it is read.</summary>
internal sealed class ArchiveEndpoints(PublicationService publications, RerunService reruns) : IEndpoints
{
    private const string Tag = "Streams";
    private const int FlushBytes = 256 << 10;
    private const string Crate = "Whether to add `ro-crate-metadata.json`, unless the name is taken; default: to bags and publications";
    private const string Bag = "Whether to make it a BagIt bag (RFC 8493), with the files in `data/` and their SHA-256 in a manifest";
    private const string Lacking = "The archive. Files whose stored bytes are damaged are listed in a last member, `MISSING.txt`";
    private const string Selected = "Only this file, or this folder with all below it; may be repeated, instead of `prefix`";
    private const int FileMode = 0x1A4; // 0644
    private const int FolderMode = 0x1ED; // 0755

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Streams.Tar, "A version, or a part of it, as a tar archive")
            .At().Query("prefix", "Only paths with this prefix").Query("path", Selected)
            .Query(ArchiveCrate.Parameter, Crate, "boolean").Query(VersionBag.Parameter, Bag, "boolean")
            .Answering(StatusCodes.Status200OK, HutchMediaTypes.Tar, Lacking)
            .Does(request => SendAsync(request, HutchMediaTypes.Tar, "tar", WriteTarAsync));
        table.Add(Tag, RestCalls.Streams.Zip, "A version, or a part of it, as a ZIP archive")
            .At().Query("prefix", "Only paths with this prefix").Query("path", Selected)
            .Query(ArchiveCrate.Parameter, Crate, "boolean").Query(VersionBag.Parameter, Bag, "boolean")
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

        using ArchiveSource source = await PrepareAsync(request, tree, dataset);
        if (await request.Reader.Recalls.FindRefusalAsync(dataset.Record, source.EnumerateAsync(request.Aborted), request.Aborted)
            is { } away)
        {
            await Problems.WriteAsync(request.Http, away, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = mediaType;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ContentDisposition = $"attachment; filename=\"{StemOf(dataset, tree)}.{extension}\"";
        response.Headers[HutchHeaders.Snapshot] = tree.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await source.MeasureAsync(StemOf(dataset, tree), request.Aborted);
        await request.Api.Guard.SendArchiveAsync(request.Caller, request.Dataset, WriteAsync, request.Aborted);
        await response.BodyWriter.FlushAsync(request.Aborted);

        async Task<long> WriteAsync(CancellationToken ct)
        {
            await write(source, response.BodyWriter, ct);
            return source.SentBytes;
        }
    }

    private static string StemOf(DatasetDescription dataset, FixedTree tree) => $"{dataset.Name.Slug}-{WorkText.Number(tree.Number)}";

    private async Task<ArchiveSource> PrepareAsync(ApiRequest request, FixedTree tree, DatasetDescription dataset)
    {
        PublishedWork? work = request.Query(ArchiveCrate.Parameter) is not null && !request.Flag(ArchiveCrate.Parameter)
            && !request.Flag(VersionBag.Parameter)
            ? null
            : await ArchiveCrate.WorkAsync(publications, request, tree);
        BagSubject? bag = request.Flag(VersionBag.Parameter) ? await DescribeAsync(request, tree, dataset, work) : null;
        ArchiveCrate? crate = await ArchiveCrate.FindAsync(reruns, request, tree, dataset, work, bag);
        return new ArchiveSource(request, tree, crate, bag);
    }

    /// <summary>Collects what a bag says of a version: as much as the caller may read.</summary>
    private static async Task<BagSubject> DescribeAsync(
        ApiRequest request, FixedTree tree, DatasetDescription dataset, PublishedWork? work)
    {
        DateTimeOffset? time = null;
        if (tree.Number > 0 && (await request.Reader.Snapshots.GetAsync(
            request.Caller, request.Dataset, SnapshotRef.Parse(WorkText.Number(tree.Number)).Value, request.Aborted))
            .TryGet(out SnapshotDescription? version, out _))
        {
            time = DateTimeOffset.FromUnixTimeMilliseconds(version.Snapshot.Time);
        }

        string? metadata = (await request.Reader.Metadata.GetAsync(request.Caller, request.Dataset, request.Aborted))
            .TryGet(out SiteMetadata? found, out _) ? found?.Document : null;
        string name = dataset.Name.FullName;
        string part = ArchiveCrate.IsWhole(request) ? "Version" : "A part of version";
        string title = work?.Description.Title ?? dataset.Record.Title ?? name;
        return new BagSubject(
            dataset.Id, tree.Number, name, $"{title}. {part} {WorkText.Number(tree.Number)} of the dataset {name}.", time, work, metadata);
    }

    private static async Task WriteTarAsync(ArchiveSource source, PipeWriter output, CancellationToken ct)
    {
        var gaps = new ArchiveGaps();
        foreach (ArchiveMember member in source.Begin())
        {
            await WriteTarAsync(member, output, ct);
        }

        await foreach (PathEntry file in source.EnumerateAsync(ct))
        {
            string name = source.NameOf(file);
            gaps.Pass(name);
            source.Crate?.Pass(name);
            ReadOnlyMemory<byte> header = TarWriter.Header(ToTar(file, name));
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

        foreach (ArchiveMember member in await source.EndAsync(gaps, ct))
        {
            await WriteTarAsync(member, output, ct);
        }

        TarWriter.WriteEnd(output);
    }

    private static async Task WriteTarAsync(ArchiveMember member, PipeWriter output, CancellationToken ct)
    {
        TarWriter.WriteHeader(output, member.IsDirectory
            ? new TarEntry(member.Name, 0) { Type = '5', Mode = FolderMode }
            : new TarEntry(member.Name, member.Size));
        await WritePartsAsync(member, output, static _ => { }, ct);
        TarWriter.WritePadding(output, member.Size);
    }

    private static async Task WritePartsAsync(
        ArchiveMember member, PipeWriter output, Action<ReadOnlyMemory<byte>> wrote, CancellationToken ct)
    {
        await foreach (ReadOnlyMemory<byte> part in member.Parts(ct))
        {
            output.Write(part.Span);
            wrote(part);
            await FlushIfMuchAsync(output, ct);
        }
    }

    private static TarEntry ToTar(PathEntry file, string name)
    {
        Entry entry = file.Entry;
        return new TarEntry(entry.Kind == EntryKind.EmptyDirectory ? name + "/" : name, entry.Size)
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
        var first = new List<ZipEntry>();
        foreach (ArchiveMember member in source.Begin())
        {
            first.Add(await WriteZipAsync(zip, member, output, ct));
        }

        await foreach (PathEntry file in source.EnumerateAsync(ct))
        {
            string name = source.NameOf(file);
            gaps.Pass(name);
            source.Crate?.Pass(name);
            ZipEntry member = ToZip(file, name);
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
        foreach (ArchiveMember member in await source.EndAsync(gaps, ct))
        {
            added.Add(await WriteZipAsync(zip, member, output, ct));
        }

        first.ForEach(member => zip.List(member));

        // The version is fixed: walking it again gives the same members, and costs no memory.
        await foreach (PathEntry file in source.EnumerateAsync(ct))
        {
            if (!gaps.IsLeftOut(file.Path.Value))
            {
                zip.List(ToZip(file, source.NameOf(file)));
                await FlushIfMuchAsync(output, ct);
            }
        }

        added.ForEach(member => zip.List(member));
        zip.End();
    }

    private static async Task<ZipEntry> WriteZipAsync(ZipWriter zip, ArchiveMember member, PipeWriter output, CancellationToken ct)
    {
        var entry = new ZipEntry(member.Name, member.Size, member.IsDirectory ? ZipEntry.Directory : ZipEntry.File, 0);
        var checksum = new Crc32();
        zip.Begin(entry);
        await WritePartsAsync(member, output, part => checksum.Append(part.Span), ct);
        zip.Finish(entry, checksum.GetCurrentHashAsUInt32());
        return entry;
    }

    private static int ModeOf(Entry entry) =>
        RestrictedMode.Restore(
            FileMode, RestrictedMode.Parse(entry.UserMetadata?.GetValueOrDefault(RestrictedMode.Name)), entry.Executable);

    private static ZipEntry ToZip(PathEntry file, string name)
    {
        long seconds = EntryTime.Seconds(file.Entry.ModifiedNanoseconds);
        return file.Entry.Kind switch
        {
            EntryKind.File =>
                new ZipEntry(name, file.Entry.Size, ZipEntry.RegularFile | (uint)ModeOf(file.Entry), seconds),
            EntryKind.SymbolicLink => new ZipEntry(name, Encoding.UTF8.GetByteCount(file.Entry.Target!), ZipEntry.Link, seconds),
            _ => new ZipEntry(name + "/", 0, ZipEntry.Directory, seconds),
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

    private sealed record ArchiveSource(ApiRequest Request, FixedTree Tree, ArchiveCrate? Crate, BagSubject? Subject) : IDisposable
    {
        private VersionBag? _bag;

        public long SentBytes { get; set; }

        /// <summary>Learns the sizes of the files that a bag begins with.</summary>
        public async Task MeasureAsync(string name, CancellationToken ct) =>
            _bag = Subject is null ? null : await VersionBag.MeasureAsync(name, SelectAsync, ct);

        public string NameOf(PathEntry entry) => _bag?.NameOf(entry.Path.Value) ?? entry.Path.Value;

        /// <summary>The entries that become members.</summary>
        public IAsyncEnumerable<PathEntry> EnumerateAsync(CancellationToken ct) =>
            Subject is null ? SelectAsync(ct) : SelectAsync(ct).Where(VersionBag.IsPayload);

        /// <summary>The members before the entries.</summary>
        public IEnumerable<ArchiveMember> Begin() => _bag?.Begin(Subject!) ?? [];

        /// <summary>The members after the entries that are not entries themselves.</summary>
        public async Task<IReadOnlyList<ArchiveMember>> EndAsync(ArchiveGaps gaps, CancellationToken ct)
        {
            var added = new List<ArchiveMember>();
            if (Crate is not null
                && await Crate.WriteAsync(EnumerateAsync(ct).Where(one => !gaps.IsLeftOut(one.Path.Value)), ct) is { } description)
            {
                added.Add(Add(ArchiveCrate.Name, description));
            }

            if (gaps.Any)
            {
                added.Add(Add(gaps.Name, gaps.ToBytes()));
            }

            if (_bag is not null)
            {
                added.Add(_bag.End());
            }

            return added;
        }

        public void Dispose() => _bag?.Dispose();

        private ArchiveMember Add(string name, byte[] bytes) => _bag?.Add(name, bytes) ?? ArchiveMember.Of(name, bytes);

        private IAsyncEnumerable<PathEntry> SelectAsync(CancellationToken ct) =>
            Selection(Request) is { Count: > 0 } paths
                ? Request.Reader.Entries.EnumerateAsync(Tree, paths, ct)
                : Request.Reader.Entries.EnumerateAsync(Tree, Request.Query("prefix") ?? "", ct);
    }
}
