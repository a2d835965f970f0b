using System.Runtime.CompilerServices;

namespace Hutch.Api.Bags;

/// <summary>A member of an archive that is no entry of the dataset.</summary>
/// <param name="Name">Its path; ends with a slash for a directory.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Parts">Gives the bytes in parts, each of them valid until the next.</param>
internal sealed record ArchiveMember(string Name, long Size, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> Parts)
{
    public bool IsDirectory => Name.EndsWith('/');

    public static ArchiveMember Of(string name, ReadOnlyMemory<byte> bytes)
    {
        return new ArchiveMember(name, bytes.Length, GiveAsync);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> GiveAsync([EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask;
            yield return bytes;
        }
    }
}
