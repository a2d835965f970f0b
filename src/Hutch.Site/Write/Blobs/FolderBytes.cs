using System.Globalization;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Platform.Servers;

namespace Hutch.Site.Write.Blobs;

/// <summary>Reads files in the facility's folders: directly, or through the server of the site that watches them (decision 0169).</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class FolderBytes(SiteDatabase records, TransferSlots work, IOtherServers? others, bool isReader)
{
    public const string Question = "folder-bytes";

    /// <summary>The size of the parts in which a file in a folder is read, as it has no extents.</summary>
    public const int MaxPartBytes = 4 << 20;

    private const int MaxSameFiles = 32;

    /// <summary>
    /// Finds the file with these bytes, by its hash or by the name of this version; null for none. Many folders have files with the same
    /// bytes, such as a gain reference: the removal of one does not affect the others.
    /// </summary>
    /// <exception cref="HutchException">It was present, and has changed or vanished.</exception>
    internal async ValueTask<FolderFile?> FindAsync(BlobHash version, DatasetId? reading, CancellationToken ct)
    {
        IReadOnlyList<FolderFile> files = await records.ReadAsync(queries => queries.FolderFiles(version, reading, MaxSameFiles), ct);
        return files switch
        {
            [] => null,
            [{ Gone: not null, IsAway: false } first, ..] => throw FolderFileReader.Gone(first),
            [var only] => only,
            _ when !isReader => files[0],
            _ => await Task.Run(() => files.FirstOrDefault(file => file.Gone is null && FolderFileReader.IsThere(file)), ct)
                ?? files.FirstOrDefault(static file => file.IsAway) ?? files[0],
        };
    }

    internal async ValueTask ReadAsync(FolderFile file, long offset, Memory<byte> destination, CancellationToken ct)
    {
        if (!isReader && await FindOwnerAsync(ct) is { } owner)
        {
            await RequestAsync(owner, file, offset, destination, ct);
            return;
        }

        try
        {
            await ReadLocalAsync(file, offset, destination, ct);
        }
        catch (HutchException e) when (others is not null && e.Error.Code == ErrorCode.Unavailable)
        {
            if (await Task.Run(() => FolderFileReader.HasFolder(file), ct))
            {
                throw;
            }

            await RequestAsync(await FindOwnerAsync(ct) ?? throw NotReached(file, e), file, offset, destination, ct);
        }
    }

    /// <summary>Reads for another server, and asks no further one; false when this server does not know the version.</summary>
    /// <param name="version">The hash of the bytes, or the name of this version of a file.</param>
    /// <param name="dataset">The dataset of the file, if several have the same bytes.</param>
    /// <exception cref="HutchException">The file is not the registered one, or cannot be read.</exception>
    public async ValueTask<bool> TryReadForOtherAsync(
        BlobHash version, DatasetId dataset, long offset, Memory<byte> destination, CancellationToken ct)
    {
        if (await FindAsync(version, dataset, ct) is not { } file)
        {
            return false;
        }

        if (offset < 0 || offset + destination.Length > file.Stamp.Size)
        {
            throw ErrorCode.RangeNotSatisfiable.With("The range is not within the file.").ToException();
        }

        try
        {
            await ReadLocalAsync(file, offset, destination, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
        {
            throw await Task.Run(() => FolderFileReader.HasFolder(file), ct) ? e : NotReached(file, e);
        }

        return true;
    }

    private ValueTask ReadLocalAsync(FolderFile file, long offset, Memory<byte> destination, CancellationToken ct)
    {
        // A network file system may block for long.
        return work.WorkAsync(() => new ValueTask(Task.Run(Read, ct)), ct);

        void Read() => FolderFileReader.Read(file, offset, destination.Span);
    }

    private async Task RequestAsync(SiteServer owner, FolderFile file, long offset, Memory<byte> destination, CancellationToken ct)
    {
        int read = await others!.RequestAsync(
            owner,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Question}?dataset={file.Dataset}&version={file.Name}&offset={offset}&length={destination.Length}"),
            destination,
            ct);
        if (read != destination.Length)
        {
            throw ErrorCode.Unavailable.With(
                $"The server '{owner.Name}' gave {read} bytes of {Display.Quote(file.Path.Value)} in place of {destination.Length}.")
                .ToException();
        }
    }

    private async ValueTask<SiteServer?> FindOwnerAsync(CancellationToken ct) =>
        others is not null && await others.FindHolderAsync(IJobLeases.WatchingFolders, ct) is { IsThis: false } owner ? owner : null;

    private static HutchException NotReached(FolderFile file, Exception found) => new(
        ErrorCode.Unavailable.With(
            $"{Display.Quote(file.Path.Value)} is in a folder of the facility that this server does not reach, and no server that watches "
            + "it runs now. Ask again later."),
        found);
}
