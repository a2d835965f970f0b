using System.Runtime.CompilerServices;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Model.Checksums;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Reads whole packs, for callers that need much of one.</summary>
internal sealed class PackFetch(IObjectStore objects, IDisk disk, string folder)
{
    /// <summary>Reads some members of a pack and checks each; a damaged member has a null body.</summary>
    /// <exception cref="QuarantinedException">The pack is missing, or has another length.</exception>
    public async IAsyncEnumerable<(MemberKey Key, byte[]? Body, uint Crc32C)> ReadAsync(
        PackRow pack, IEnumerable<PackedMemberRow> members, [EnumeratorCancellation] CancellationToken ct)
    {
        using PackFile file = PackFile.Create(disk, folder, "-collected");
        await file.FetchAsync(objects, pack.ObjectName, pack.Length, ct);
        foreach (PackedMemberRow member in members)
        {
            long offset = MemberOffset.From(member.Place).InPack(member.Start);
            var body = new byte[member.Length];
            bool isWhole = (file.File.ReadFully(body, offset) == body.Length && Checksum.Crc32C(body) == member.Crc32C)
                || await IsReadAsync(pack, offset, body, member.Crc32C, ct);
            yield return (MemberIndexUpdater.KeyOf(member.Key), isWhole ? body : null, member.Crc32C);
        }
    }

    /// <summary>Reads a member again from the bucket before it counts as damaged: the network may have caused the damage.</summary>
    private async Task<bool> IsReadAsync(PackRow pack, long offset, byte[] body, uint crc32C, CancellationToken ct) =>
        await objects.ReadAsync(pack.ObjectName, offset, body, pack.Length, ct) == ObjectReadOutcome.Read
        && Checksum.Crc32C(body) == crc32C;
}
