using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hutch.Model.Annex;

/// <summary>The uuid by which git-annex knows the storage of a dataset: it follows from the dataset's id, at every site alike.</summary>
public static class AnnexIds
{
    private static readonly Guid Space = new("6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4");

    /// <summary>A name-based UUID (RFC 9562, version 5).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "UUIDs of version 5 are made so.")]
    public static Guid StorageOf(DatasetId dataset)
    {
        byte[] name = Encoding.ASCII.GetBytes(dataset.ToString());
        byte[] all = [.. Space.ToByteArray(bigEndian: true), .. name];
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(all, digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x50);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }
}
