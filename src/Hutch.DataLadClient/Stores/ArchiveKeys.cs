using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>Keys in a 7z archive, unpacked once from its beginning to its end, however it is compressed.</summary>
internal sealed class ArchiveKeys(string archive, Scratch scratch, Action<string> tell) : IKeySource
{
    private const int CopyBytes = 256 << 10;

    private readonly string _name = Display.Quote(archive);

    private IReadOnlyList<ArchiveMember> _members = [];

    public async Task<IReadOnlyCollection<string>> ListAsync(CancellationToken ct)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (!File.Exists(archive))
        {
            return keys;
        }

        try
        {
            _members = await SevenZip.ListAsync(archive, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.UnreadableFile)
        {
            tell($"{_name} cannot be read: {e.Message}");
        }

        foreach (ArchiveMember member in _members)
        {
            if (KeyOf(member) is { } key)
            {
                keys.Add(key);
            }
            else
            {
                tell($"{_name} has the file {Display.Quote(member.Path)}, which is not the content of a key; it was left out.");
            }
        }

        return keys;
    }

    public async IAsyncEnumerable<KeyFile> ReadAsync(IReadOnlySet<string> keys, [EnumeratorCancellation] CancellationToken ct)
    {
        if (keys.Count == 0)
        {
            yield break;
        }

        // One at a time: the next is unpacked while the one before is sent, and the disk has room for a few.
        var unpacked = Channel.CreateBounded<KeyFile>(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task reading = UnpackAsync(keys, unpacked.Writer, stop.Token);
        try
        {
            await foreach (KeyFile file in unpacked.Reader.ReadAllAsync(ct))
            {
                yield return file;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>The key whose content a member is: by its path, which may be anything.</summary>
    private static string? KeyOf(ArchiveMember member)
    {
        string[] parts = member.Path.Split('/');
        return parts is [var first, var second, var folder, var key] && folder == key && first is not ("" or "." or "..")
            && second is not ("" or "." or "..") && KeyName.Parse(key) is { } name && (name.Size ?? member.Size) == member.Size
            ? key
            : null;
    }

    private async Task UnpackAsync(IReadOnlySet<string> keys, ChannelWriter<KeyFile> to, CancellationToken ct)
    {
        try
        {
            await SevenZip.ReadAsync(archive, bytes => SplitAsync(bytes, keys, to, ct), ct);
            to.Complete();
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.UnreadableFile)
        {
            tell($"{_name} is damaged: {e.Message}");
            to.Complete();
        }
        catch (Exception e)
        {
            to.Complete(e);
        }
    }

    private async Task SplitAsync(Stream bytes, IReadOnlySet<string> keys, ChannelWriter<KeyFile> to, CancellationToken ct)
    {
        foreach (ArchiveMember member in _members)
        {
            string? key = KeyOf(member) is { } known && keys.Contains(known) ? known : null;
            if (key is not null && scratch.CheckSpace(key, member.Size) is { } noRoom)
            {
                tell(noRoom);
                key = null;
            }

            string path = scratch.NewPath();
            bool isWhole;
            await using (Stream target = key is null ? Stream.Null : new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                isWhole = await CopyAsync(bytes, target, member.Size, ct);
            }

            if (!isWhole)
            {
                tell($"{_name} ends within {Display.Quote(member.Path)}.");
                File.Delete(path);
                return;
            }

            if (key is not null)
            {
                await to.WriteAsync(new KeyFile(key, path, IsCopy: true), ct);
            }
        }

        if (await bytes.ReadAsync(new byte[1], ct) > 0)
        {
            throw ErrorCode.UnreadableFile.With("More comes out of it than it lists.").ToException();
        }
    }

    private static async Task<bool> CopyAsync(Stream bytes, Stream target, long length, CancellationToken ct)
    {
        byte[] buffer = new byte[CopyBytes];
        long left = length;
        for (int read; left > 0 && (read = await bytes.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, CopyBytes)), ct)) > 0;)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), ct);
            left -= read;
        }

        return left == 0;
    }
}
