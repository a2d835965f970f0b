using System.IO.Pipelines;
using System.Text;
using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Api.Tar;
using Hutch.Api.Zip;
using Hutch.Datasets.Files;
using Hutch.Datasets.Registry;
using Hutch.Model;
using Hutch.Model.Checksums;
using Hutch.Model.Contracts;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;

namespace Hutch.Api.Endpoints;

/// <summary>Any subtree of a version as one archive with human names, written while it is read.</summary>
internal static class ArchiveEndpoints
{
    private const string Tag = "Streams";
    private const int FlushBytes = 256 << 10;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/datasets/{id}/archive.tar", "A version, or a part of it, as a tar archive", "read")
            .At().Query("prefix", "Only paths with this prefix")
            .Answering(StatusCodes.Status200OK, HutchMediaTypes.Tar, "The archive")
            .Does(request => SendAsync(request, HutchMediaTypes.Tar, "tar", WriteTarAsync));
        table.Add(Tag, "GET", "/datasets/{id}/archive.zip", "A version, or a part of it, as a ZIP archive", "read")
            .At().Query("prefix", "Only paths with this prefix")
            .Answering(StatusCodes.Status200OK, "application/zip", "The archive")
            .Does(request => SendAsync(request, "application/zip", "zip", WriteZipAsync));
    }

    private static async Task SendAsync(
        ApiRequest request, string mediaType, string extension, Func<ApiRequest, FixedTree, PipeWriter, Task> write)
    {
        EntryService entries = request.Authorized.Entries;
        if (!(await entries.FixAsync(request.Caller, request.Dataset, request.At, Operation.EntryRead, request.Aborted)).TryGet(
            out FixedTree? tree, out HutchError? refusal)
            || !(await request.Authorized.Datasets.GetAsync(request.Caller, request.Dataset, request.Aborted))
                .TryGet(out DatasetDescription? dataset, out refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = mediaType;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ContentDisposition = $"attachment; filename=\"{dataset.Name.Slug}-{tree.Number}.{extension}\"";
        response.Headers[HutchHeaders.Snapshot] = tree.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await write(request, tree, response.BodyWriter);
        await response.BodyWriter.FlushAsync(request.Aborted);
    }

    private static async Task WriteTarAsync(ApiRequest request, FixedTree tree, PipeWriter output)
    {
        await foreach (PathEntry file in EnumerateAsync(request, tree))
        {
            OpenedEntry opened = await OpenAsync(request, file);
            Entry entry = file.Entry;
            TarWriter.WriteHeader(output,
                new TarEntry(entry.Kind == EntryKind.EmptyDirectory ? file.Path.Value + "/" : file.Path.Value, entry.Size)
                {
                    Type = entry.Kind switch { EntryKind.File => '0', EntryKind.SymbolicLink => '2', _ => '5' },
                    Target = entry.Target,
                    Executable = entry.Executable,
                    ModifiedSeconds = entry.ModifiedNanoseconds / NanosecondsPerSecond,
                });
            if (opened.Content is { } content)
            {
                await content.AppendToAsync(output, request.Aborted);
                TarWriter.WritePadding(output, content.Size);
            }

            await FlushIfMuchAsync(output, request.Aborted);
        }

        TarWriter.WriteEnd(output);
    }

    private static async Task WriteZipAsync(ApiRequest request, FixedTree tree, PipeWriter output)
    {
        var zip = new ZipWriter(output);
        await foreach (PathEntry file in EnumerateAsync(request, tree))
        {
            ZipEntry member = ToZip(file);
            zip.Begin(member);
            uint checksum = await WriteBytesAsync(request, file, output);
            zip.Finish(member, checksum);
            await FlushIfMuchAsync(output, request.Aborted);
        }

        // The version is fixed: walking it again gives the same members, and costs no memory.
        await foreach (PathEntry file in EnumerateAsync(request, tree))
        {
            zip.List(ToZip(file));
            await FlushIfMuchAsync(output, request.Aborted);
        }

        zip.End();
    }

    private static async Task<uint> WriteBytesAsync(ApiRequest request, PathEntry file, PipeWriter output)
    {
        ulong checksum = 0;
        if (file.Entry.Target is { } target)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(target);
            checksum = Crc.Crc32.Append(checksum, bytes);
            await output.WriteAsync(bytes, request.Aborted);
        }

        if ((await OpenAsync(request, file)).Content is { } content)
        {
            await content.CopyToAsync(output, 0, content.Size, part => checksum = Crc.Crc32.Append(checksum, part.Span), request.Aborted);
        }

        return (uint)checksum;
    }

    private static ZipEntry ToZip(PathEntry file)
    {
        long seconds = file.Entry.ModifiedNanoseconds / NanosecondsPerSecond;
        return file.Entry.Kind switch
        {
            EntryKind.File =>
                new ZipEntry(file.Path.Value, file.Entry.Size, file.Entry.Executable ? ZipEntry.Program : ZipEntry.File, seconds),
            EntryKind.SymbolicLink => new ZipEntry(file.Path.Value, Encoding.UTF8.GetByteCount(file.Entry.Target!), ZipEntry.Link, seconds),
            _ => new ZipEntry(file.Path.Value + "/", 0, ZipEntry.Directory, seconds),
        };
    }

    private static IAsyncEnumerable<PathEntry> EnumerateAsync(ApiRequest request, FixedTree tree) =>
        request.Authorized.Entries.EnumerateAsync(tree, request.Query("prefix") ?? "", request.Aborted);

    private static async Task<OpenedEntry> OpenAsync(ApiRequest request, PathEntry file) =>
        (await request.Authorized.Entries.OpenAsync(file.Path, file.Entry, request.Aborted)).Value;

    private static async ValueTask FlushIfMuchAsync(PipeWriter output, CancellationToken ct)
    {
        if (output.UnflushedBytes >= FlushBytes && (await output.FlushAsync(ct)).IsCompleted)
        {
            throw new OperationCanceledException("The client went away.");
        }
    }
}
