using System.Security.Cryptography;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Writing;

/// <summary>
/// The file that a write replaced. It is kept for a while under a name that identifies the bytes read and the bytes written. So its finder
/// knows, after a crash too, if it has a change that is not merged.
/// </summary>
/// <param name="Read">Short hash of the bytes that the write began with.</param>
/// <param name="Written">Short hash of the bytes that it wrote.</param>
internal sealed record PreviousFile(string Name, string Read, string Written)
{
    private const int HashCharacters = 16;

    public static PreviousFile For(string metadataFile, ReadOnlySpan<byte> read, ReadOnlySpan<byte> written)
    {
        (string before, string after) = (Hash(read), Hash(written));
        return new PreviousFile($"{Prefix(metadataFile)}{before}-{after}", before, after);
    }

    public static IEnumerable<PreviousFile> In(IMetadataFolder folder, string metadataFile) =>
        from name in folder.Names(Prefix(metadataFile))
        let hashes = name[Prefix(metadataFile).Length..].Split('-')
        where hashes.Length == 2 && hashes.All(hash => hash.Length == HashCharacters && hash.All(char.IsAsciiHexDigitLower))
        select new PreviousFile(name, hashes[0], hashes[1]);

    /// <summary>Returns true if bytes equal the text that was read or written: then they hold no change of others.</summary>
    public bool IsKnown(ReadOnlySpan<byte> bytes) => Hash(bytes) is var hash && (hash == Read || hash == Written);

    public bool IsRead(ReadOnlySpan<byte> bytes) => Hash(bytes) == Read;

    public bool IsWritten(ReadOnlySpan<byte> bytes) => Hash(bytes) == Written;

    private static string Prefix(string metadataFile) => $"{FolderRule.OwnPrefix}previous-{metadataFile}.";

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..HashCharacters];
}
