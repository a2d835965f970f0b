using System.Text;
using Hutch.Model.Checksums;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// The list of all packs, in the bucket itself: without it, a copy of the bucket with a missing pack would look complete. It is written
/// when packs are replaced; later packs name the one before them.
/// </summary>
internal static class PackList
{
    public static async Task StoreAsync(IObjectStore objects, string name, IEnumerable<PackRow> packs, CancellationToken ct)
    {
        var text = new StringBuilder();
        foreach (PackRow pack in packs.OrderBy(static pack => pack.Number))
        {
            uint crc = Checksum.Crc32C(Encoding.ASCII.GetBytes(pack.Seal));
            text.Append(CultureInfo.InvariantCulture, $"{pack.Seal} crc={crc:x8}\n");
        }

        await objects.StoreAsync(name, ObjectBody.From(Encoding.ASCII.GetBytes(text.ToString())), ct);
    }
}
