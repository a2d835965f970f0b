using System.Collections.Concurrent;

namespace Hutch.Buckets.Nearline;

/// <summary>
/// The archive class of a bucket. A segment is stored in the usual class, where it is read back, and moves to the archive class then. A
/// recall restores it there, waits, and reads it.
/// </summary>
/// <param name="prefix">The beginning of the names of its objects.</param>
internal sealed class ArchiveNearline(IArchiveStore store, string prefix, NearlineSettings settings, IDisk disk, TimeProvider time)
    : INearline
{
    private const int PieceBytes = 8 << 20;
    private const int MaxQuestions = 8;

    /// <summary>Stores restore in minutes at best, and usually in hours.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);

    public string Name => $"{store.Name} ({settings.StorageClass})";

    public async Task PutAsync(string name, string path, CancellationToken ct)
    {
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        await store.PutAsync(prefix + name, ObjectBody.From(file, file.Length), ct);
    }

    public async Task ArchiveAsync(string name, CancellationToken ct) =>
        await store.ChangeClassAsync(prefix + name, settings.StorageClass!, ct);

    public async Task StageAsync(IReadOnlyList<StagedFile> files, Action<string> came, CancellationToken ct)
    {
        // All are asked for at once: the store has its own order.
        List<StagedFile> open = [.. files];
        while (true)
        {
            List<(StagedFile File, long Length)> readable = [];
            foreach (StagedFile file in open.ToList())
            {
                ArchivedObject? found = await store.FindArchivedAsync(prefix + file.Name, ct);
                if (found is not { } state)
                {
                    open.Remove(file);
                }
                else if (state.IsRestored || !IsArchived(state))
                {
                    readable.Add((file, state.Length));
                }
                else if (!state.IsRestoring)
                {
                    await AskAsync(file);
                }
            }

            foreach ((StagedFile file, long length) in readable)
            {
                if (await TryReadAsync(file, length, ct))
                {
                    open.Remove(file);
                    came(file.Name);
                }
                else
                {
                    await AskAsync(file);
                }
            }

            if (open.Count == 0)
            {
                return;
            }

            await Task.Delay(AskEvery, time, ct);
        }

        async Task AskAsync(StagedFile file)
        {
            // Some stores show nothing for a while, and a restored copy may end before it was read.
            await store.RestoreAsync(prefix + file.Name, settings.RestoreDays, settings.RestoreTier, ct);
        }
    }

    public async Task<IReadOnlyDictionary<string, NearlineState>> FindStatesAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        var states = new ConcurrentDictionary<string, NearlineState>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            names, new ParallelOptions { MaxDegreeOfParallelism = MaxQuestions, CancellationToken = ct },
            async (name, token) =>
            {
                if (await store.FindLengthAsync(prefix + name, token) is not null)
                {
                    states[name] = new NearlineState(true, "");
                }
            });
        return states;
    }

    public async Task<IReadOnlyList<UndeletedObject>> RemoveAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        List<UndeletedObject> left = [];
        foreach (string[] some in names.Chunk(ObjectPage.MaxKeys))
        {
            try
            {
                left.AddRange((await store.DeleteAsync([.. some.Select(name => prefix + name)], ct))
                    .Select(one => one with { Key = one.Key[Math.Min(prefix.Length, one.Key.Length)..] }));
            }
            catch (Exception e) when (BucketFailure.Is(e))
            {
                left.AddRange(some.Select(name => new UndeletedObject(name, e.Message.TrimEnd('.'))));
            }
        }

        return left;
    }

    /// <summary>The class that the configuration names, or one of AWS, to which a rule of the bucket may have moved the object.</summary>
    private bool IsArchived(ArchivedObject state) =>
        state.StorageClass is { } one && (one == settings.StorageClass || one is "GLACIER" or "DEEP_ARCHIVE");

    /// <summary>Reads an object into a file. Returns false, and leaves no file, if the store wants a restore first.</summary>
    private async Task<bool> TryReadAsync(StagedFile file, long length, CancellationToken ct)
    {
        disk.Delete(file.Path);
        try
        {
            using IDiskFile into = disk.Open(file.Path, DiskAccess.CreateNew);
            var buffer = new byte[(int)Math.Min(PieceBytes, length)];
            for (long offset = 0; offset < length; offset += buffer.Length)
            {
                Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - offset));
                ObjectReadOutcome outcome = await store.ReadAsync(prefix + file.Name, offset, piece, length, ct);
                if (outcome != ObjectReadOutcome.Read)
                {
                    throw new IOException($"{Name} has no {file.Name} of {length} bytes any more");
                }

                into.Write(piece.Span, offset);
            }

            return true;
        }
        catch (HutchException e) when (e.Error.Code == ArchivedObject.Archived)
        {
            disk.Delete(file.Path);
            return false;
        }
    }
}
