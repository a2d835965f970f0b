using System.Net;
using System.Runtime.CompilerServices;
using Hutch.DataLad.Annex;
using Hutch.Model;

namespace Hutch.Cli.DataLad.Stores;

/// <summary>
/// Keys of a store behind a web server, which lists nothing: those of the branch git-annex are asked for. No more is taken than a key says,
/// or the disk has room for, and nobody waits for a server that sends nothing.
/// </summary>
internal sealed class WebKeys(
    HttpClient web, Uri dataset, IReadOnlyCollection<string> keys, Scratch scratch, TimeProvider time, Action<string> tell) : IKeySource
{
    private const int CopyBytes = 256 << 10;

    /// <summary>How long a server may send nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken ct) => Task.FromResult(keys);

    public async IAsyncEnumerable<KeyFile> ReadAsync(IReadOnlySet<string> keys, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (string key in keys)
        {
            string path = scratch.NewPath();
            if (await FetchAsync(HashDirectory.MixedOf(key), key, path, ct) || await FetchAsync(HashDirectory.LowerOf(key), key, path, ct))
            {
                yield return new KeyFile(key, path, IsCopy: true);
            }
        }
    }

    private async Task<bool> FetchAsync(string folder, string key, string path, CancellationToken ct)
    {
        string name = Uri.EscapeDataString(key);
        var address = new Uri($"{dataset}/annex/objects/{folder}/{name}/{name}");
        using var patience = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            using HttpResponseMessage response = await web.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }

            response.EnsureSuccessStatusCode();
            if (FindRefusal(key, response.Content.Headers.ContentLength) is not { } refusal)
            {
                long most = KeyName.Parse(key)!.Size ?? scratch.Room;
                await using Stream body = await response.Content.ReadAsStreamAsync(stop.Token);
                await CopyAsync(body, path, most, () => patience.CancelAfter(Patience), stop.Token);
                return true;
            }

            tell(refusal);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            tell($"{Display.Quote(address.ToString())} sent nothing for {Patience.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tell($"{Display.Quote(address.ToString())} cannot be read: {e.Message}");
        }

        File.Delete(path);
        return false;
    }

    /// <summary>Why content is not fetched, by its size; null when it is.</summary>
    private string? FindRefusal(string key, long? announced)
    {
        long? stated = KeyName.Parse(key)!.Size;
        return announced is long bytes && bytes != (stated ?? bytes)
            ? $"The key {Display.Quote(key)} says {stated} bytes, and the store has {bytes}."
            : scratch.FindNoRoom(key, stated ?? announced ?? 0);
    }

    private static async Task CopyAsync(Stream body, string path, long most, Action onBytes, CancellationToken ct)
    {
        await using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        byte[] buffer = new byte[CopyBytes];
        for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
        {
            onBytes();
            most -= read;
            if (most < 0)
            {
                throw new IOException("it sends more than the key says, or than there is room for");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }
}
