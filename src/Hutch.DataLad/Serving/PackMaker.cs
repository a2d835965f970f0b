using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Synthesis;

namespace Hutch.DataLad.Serving;

/// <summary>Makes the packs that clients ask for, or finds those that others asked for before.</summary>
internal sealed class PackMaker(
    Repositories repositories, PackGate gate, PackCache cache, IDisk disk, string folder, DataLadOptions options)
{
    /// <summary>A pack with what some commits lead to and the client does not have; leased to the caller.</summary>
    public async Task<Pack> MakeAsync(
        Repository repository, IReadOnlyList<ObjectId> wants, IReadOnlyList<ObjectId> common, CancellationToken ct)
    {
        string key = $"{repository.Permanent.Id}+{Names(wants)}-{Names(common)}";
        if (cache.TryLease(key) is { } cached)
        {
            return cached;
        }

        using IDisposable slot = await gate.EnterAsync(ct);
        if (cache.TryLease(key) is { } meanwhile)
        {
            return meanwhile;
        }

        using var writer = new GitPackWriter(ScratchFile.Open(disk, folder, Guid.NewGuid()), options.MaxObjects);
        await repositories.GatherAsync(repository, [.. wants], [.. common], writer, ct);
        Pack pack = writer.Finish();
        cache.Set(key, pack);
        return pack;
    }

    private static string Names(IEnumerable<ObjectId> ids) =>
        string.Join(',', ids.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
}
