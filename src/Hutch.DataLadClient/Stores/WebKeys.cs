using System.Net;
using System.Runtime.CompilerServices;
using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>
/// Keys of a store behind a web server, which lists nothing: the keys of the branch git-annex are requested. A download is limited to the
/// size in its key and to the free disk space. A silent server is not awaited: after a few silences in a row, no more keys are requested.
/// </summary>
internal sealed class WebKeys(
    HttpClient web, Uri dataset, IReadOnlyCollection<string> keys, Scratch scratch, TimeProvider time, Action<string> tell) : IKeySource
{
    private const int CopyBytes = 256 << 10;
    private const int MaxSilences = 3;

    /// <summary>The lowest rate of a server, in bytes per second: an occasional byte counts as silence.</summary>
    private const int LeastRate = 1 << 10;

    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken ct) => Task.FromResult(keys);

    public async IAsyncEnumerable<KeyFile> ReadAsync(IReadOnlySet<string> keys, [EnumeratorCancellation] CancellationToken ct)
    {
        int silences = 0;
        foreach (string key in keys)
        {
            string path = scratch.NewPath();
            Outcome outcome = await FetchAsync(HashDirectory.MixedOf(key), key, path, ct);
            if (outcome is Outcome.Absent or Outcome.Refused)
            {
                outcome = await FetchAsync(HashDirectory.LowerOf(key), key, path, ct);
            }

            if (outcome == Outcome.Fetched)
            {
                yield return new KeyFile(key, path, IsCopy: true);
            }

            silences = outcome == Outcome.Silent ? silences + 1 : 0;
            if (silences == MaxSilences)
            {
                tell(
                    $"{Display.Quote(dataset.ToString())} was silent {MaxSilences} times in a row and is asked for no more keys. "
                    + "Import again later.");
                yield break;
            }
        }
    }

    private async Task<Outcome> FetchAsync(string folder, string key, string path, CancellationToken ct)
    {
        string name = Uri.EscapeDataString(key);
        var address = new Uri($"{dataset}/annex/objects/{folder}/{name}/{name}");
        using var timeout = new CancellationTokenSource(IdleTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using HttpResponseMessage response = await web.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                return Outcome.Absent;
            }

            if (!response.IsSuccessStatusCode)
            {
                tell($"{Display.Quote(address.ToString())} is refused: {(int)response.StatusCode} {response.StatusCode}.");
                return Outcome.Refused;
            }

            if (FindRefusal(key, response.Content.Headers.ContentLength) is not { } refusal)
            {
                long most = KeyName.Parse(key)!.Size ?? scratch.FreeBytes;
                await using Stream body = await response.Content.ReadAsStreamAsync(stop.Token);
                await CopyAsync(body, path, most, timeout, stop.Token);
                return Outcome.Fetched;
            }

            tell(refusal);
            return Outcome.Failed;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            tell($"{Display.Quote(address.ToString())} sent nothing for {IdleTimeout.TotalSeconds:0} s.");
            File.Delete(path);
            return Outcome.Silent;
        }
        catch (TimeoutException e)
        {
            tell($"{Display.Quote(address.ToString())} is given up: {e.Message}.");
            File.Delete(path);
            return Outcome.Silent;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tell($"{Display.Quote(address.ToString())} cannot be read: {e.Message}");
        }

        File.Delete(path);
        return Outcome.Failed;
    }

    /// <summary>Returns the reason why content is not fetched, by its size; null if it is.</summary>
    private string? FindRefusal(string key, long? announced)
    {
        long? stated = KeyName.Parse(key)!.Size;
        return announced is long bytes && bytes != (stated ?? bytes)
            ? $"The key {Display.Quote(key)} says {stated} bytes, and the store has {bytes}."
            : scratch.CheckSpace(key, stated ?? announced ?? 0);
    }

    private async Task CopyAsync(Stream body, string path, long most, CancellationTokenSource timeout, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        long copied = 0;
        await using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        byte[] buffer = new byte[CopyBytes];
        for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
        {
            timeout.CancelAfter(IdleTimeout);
            copied += read;
            if (copied > most)
            {
                throw new IOException("it sends more than the key says, or than there is room for");
            }

            if (time.GetElapsedTime(began) > IdleTimeout + TimeSpan.FromSeconds((double)copied / LeastRate))
            {
                throw new TimeoutException($"it sends less than {LeastRate} bytes in a second");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

    private enum Outcome
    {
        Fetched,
        Absent,
        Refused,
        Silent,
        Failed,
    }
}
